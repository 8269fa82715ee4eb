import Contract
import Parallel

/// The sum of all shards. Where two partials make it, they are added when it is first read: the pass over it that follows finds each
/// piece in the cache.
package struct RootSum: Sendable {
    private var floats: [Float]
    private let children: (left: PartialChunks, right: PartialChunks)?

    /// A sum that is complete.
    package init(_ floats: [Float]) {
        self.floats = floats
        children = nil
    }

    /// The sum of two partials without 16-bit numbers, which comes into `buffer`.
    init(of left: PartialChunks, _ right: PartialChunks, into buffer: [Float]) {
        floats = buffer
        children = (left, right)
    }

    /// The sum's memory. Its elements are there once `complete` has been called for them.
    mutating func takeFloats() -> [Float] {
        defer { floats = [] }
        return floats
    }

    /// Writes what is not there yet of a range of elements.
    func complete(_ range: Range<Int>, _ elements: inout MutableSpan<Float>) {
        guard let (left, right) = children else { return }
        left.add(range, of: right, into: &elements)
    }

    /// All elements.
    /// - Throws: `OverwrittenError`
    consuming func completed() throws(OverwrittenError) -> [Float] {
        var floats = takeFloats()
        let pieces = Parallel.pieces(of: floats.indices)
        let sum = self
        Parallel.forEach(pieces, of: &floats) { sum.complete(pieces[$0], &$1) }
        try check()
        return floats
    }

    /// Throws where a partial was written over before it was read: what was read is then worthless.
    func check() throws(OverwrittenError) {
        guard let (left, right) = children, !left.isIntact || !right.isIntact else { return }
        throw OverwrittenError(node: ReductionTree.root)
    }
}
