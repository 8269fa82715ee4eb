// FaultyNetwork: a TCP proxy that delays, cuts and holds back bytes, and free ports for tests.
//
// It stands between real processes; the simulator has a network of its own, in `Simulator`.
