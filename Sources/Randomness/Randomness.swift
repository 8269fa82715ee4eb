// Randomness: random numbers that are addressed, not drawn one after the other.
//
// `Philox` is a function from a key and a counter to bits; `RandomStream` numbers what it gives. Any number can be computed by anybody, in any order.
