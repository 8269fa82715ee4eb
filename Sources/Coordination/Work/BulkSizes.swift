/// How large the things are that travel over the bulk link, in bytes.
public struct BulkSizes: Sendable, Equatable {
    /// A step's parameters and running statistics together.
    public var parameterBytes: Int
    /// A training partial.
    public var partialBytes: Int
    /// An evaluation partial.
    public var evaluationBytes: Int
    /// One example's pixels.
    public var exampleBytes: Int
    /// A chunk at most; 1 to 4 MiB suit libzmq.
    public var chunkBytes: Int
    /// What may be outstanding in each direction of one link.
    public var windowBytes: Int
    /// Chunks in memory that are worth a message before the sum is whole.
    public static let announcedChunks = 16

    public init(
        parameterBytes: Int, partialBytes: Int, evaluationBytes: Int, exampleBytes: Int, chunkBytes: Int = 256 << 10,
        windowBytes: Int = 16 << 20
    ) {
        precondition(
            chunkBytes > 0 && chunkBytes % 4 == 0 && exampleBytes > 0,
            "expected chunks of whole floats and examples of some bytes, got \(chunkBytes) and \(exampleBytes)")
        self.parameterBytes = parameterBytes
        self.partialBytes = partialBytes
        self.evaluationBytes = evaluationBytes
        self.exampleBytes = exampleBytes
        self.chunkBytes = chunkBytes
        self.windowBytes = windowBytes
    }

    /// The size of a partial of `kind`.
    public func partialBytes(_ kind: Round.Kind) -> Int {
        kind == .training ? partialBytes : evaluationBytes
    }

    /// The chunks that parameters and statistics travel in.
    var parameterChunks: Range<Int> { 0..<(parameterBytes + chunkBytes - 1) / chunkBytes }

    /// The bytes of one of them.
    func parameterBytes(ofChunk chunk: Int) -> Range<Int> {
        chunk * chunkBytes..<min(parameterBytes, (chunk + 1) * chunkBytes)
    }

    /// What a slot for a sum of either kind takes.
    var largestPartialBytes: Int { max(partialBytes, evaluationBytes) }

    /// How many examples' pixels fit in a chunk; at least one, however large.
    var rowsPerChunk: Int {
        min(max(1, chunkBytes / exampleBytes), WorkerMessage.RowsWanted.limit)
    }
}
