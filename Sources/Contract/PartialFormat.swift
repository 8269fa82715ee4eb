/// How exactly the sums of nodes are kept, and so how they travel: part of the contract.
public enum WireFormat: String, Hashable, Sendable, Codable, CaseIterable {
    /// Sums are float32, and so is what travels.
    case float32
    /// The gradient of every node, leaves included, is rounded to bfloat16, whoever computes it.
    case bfloat16 = "bf16"
}

/// What a partial looks like on the wire: first the elements that travel as bfloat16, then those that travel as float32.
///
/// In the format `float32` there are none of the first kind. In `bfloat16` they are the gradient; batch statistics and metric
/// sums are few, and their digits are read by people, so they stay float32. Floats begin at a multiple of four bytes.
public struct PartialFormat: Hashable, Sendable {
    /// The number of elements.
    public let count: Int
    /// How many of them, from the first on, are bfloat16.
    public let halves: Int

    public init(count: Int, halves: Int = 0) {
        precondition(halves >= 0 && halves <= count, "\(halves) halves among \(count) elements")
        self.count = count
        self.halves = halves
    }

    /// Bytes of a partial on the wire.
    public var bytes: Int { border + 4 * (count - halves) }

    /// Where the floats begin.
    private var border: Int { (2 * halves + 3) / 4 * 4 }

    /// Elements that lie in a range of bytes, which begins and ends at multiples of four.
    public struct Piece: Hashable, Sendable {
        /// Those that are bfloat16.
        public let halves: Range<Int>
        /// Those that are float32.
        public let floats: Range<Int>

        /// All of them: the two ranges are neighbours where neither is empty.
        public var elements: Range<Int> {
            halves.isEmpty ? floats : floats.isEmpty ? halves : halves.lowerBound..<floats.upperBound
        }
    }

    public func piece(_ range: Range<Int>) -> Piece {
        precondition(
            range.lowerBound % 4 == 0 && range.lowerBound >= 0 && range.upperBound <= bytes,
            "no elements lie in the bytes \(range) of \(bytes)")
        func half(_ byte: Int) -> Int { min(byte / 2, halves) }
        func float(_ byte: Int) -> Int { halves + max(0, byte - border) / 4 }
        return Piece(
            halves: half(range.lowerBound)..<half(range.upperBound),
            floats: float(range.lowerBound)..<float(range.upperBound))
    }

    /// Rounds those elements of a node's sum that are bfloat16 in this format.
    ///
    /// - Parameter start: Which element of the sum the first one of `piece` is.
    public func round(_ piece: inout MutableSpan<Float>, from start: Int) {
        let count = max(0, min(halves - start, piece.count))
        if count > 0 { roundToBfloat16(&piece, 0..<count) }
    }
}
