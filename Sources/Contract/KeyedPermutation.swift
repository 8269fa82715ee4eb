import Randomness

/// A permutation of 0..<n that is a pure function of (seed, operator, shard, pass), evaluated one element at a time.
///
/// A balanced Feistel network over the smallest domain 4ʷ ≥ n, its round function Philox; an image outside 0..<n is mapped
/// again until it falls inside, which keeps it a bijection and takes fewer than four turns on average.
///
/// Source: Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002, the cycle-walking cipher.
struct KeyedPermutation {
    private let count: UInt64
    private let halfWidth: UInt64
    private let stream: RandomStream

    /// Luby and Rackoff need four rounds for pseudorandomness; small domains take two more.
    private static let rounds: UInt16 = 6

    init(
        count: Int, seed: UInt64, operator: UInt16 = RandomStream.shuffle, shard: Int = 0, pass: UInt32 = 0
    ) {
        precondition(count > 0, "a permutation has at least one element, not \(count)")
        self.count = UInt64(count)
        halfWidth = UInt64((Self.bitWidth(of: count - 1) + 1) / 2)
        stream = RandomStream(seed: seed, operator: `operator`, pass: pass, example: UInt32(shard))
    }

    /// The image of an index.
    subscript(index: Int) -> Int {
        precondition(UInt64(index) < count, "index \(index) is outside a permutation of \(count)")
        var value = UInt64(index)
        repeat { value = encrypt(value) } while value >= count
        return Int(value)
    }

    private func encrypt(_ value: UInt64) -> UInt64 {
        let mask = (UInt64(1) << halfWidth) - 1
        var (left, right) = (value >> halfWidth, value & mask)
        for round in 0..<Self.rounds { (left, right) = (right, left ^ (mix(right, round) & mask)) }
        return left << halfWidth | right
    }

    private func mix(_ half: UInt64, _ round: UInt16) -> UInt64 {
        var keyed = stream
        keyed.sample = round
        return UInt64(keyed.words(UInt32(half))[0])
    }

    private static func bitWidth(of value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }
}
