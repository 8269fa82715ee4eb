/// The sum of a round's root, which comes in pieces from the workers that add it.
struct ScatteredSum: Sendable {
    let duties: Duties
    /// The number under which the pieces are kept, as those of a lease of the root would be.
    let lease: UInt64
    var received: ChunkSet
    /// When a piece came last.
    var lastPiece: Duration?
    /// When the missing pieces are late; nil while sums are still on their way to those who add them.
    var due: Duration?

    init(_ duties: Duties, lease: UInt64, sizes: BulkSizes) {
        self.duties = duties
        self.lease = lease
        received = ChunkSet(total: sizes.partialBytes, chunkBytes: sizes.chunkBytes)
    }

    /// Those who owe pieces.
    var debtors: Set<[UInt8]> { Set(received.missingChunks.map(duties.holder)) }
}
