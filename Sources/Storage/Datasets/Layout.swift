/// How a dataset lies in its file.
public struct Layout: Hashable, Sendable {
    /// The extents of one chunk, as many as the dataset has axes; nil lays the dataset out in one piece.
    public var chunk: [Int]?

    /// Whether bytes are regrouped by significance before compression.
    public var shuffle = false

    /// The level of gzip compression, 1 to 9.
    public var gzip: Int?

    /// Whether every chunk carries a Fletcher-32 checksum, which reading verifies.
    public var fletcher32 = false

    /// Whether chunks are compressed with h5py's LZF, which is read and never written.
    public internal(set) var lzf = false

    /// Filters in the order in which they were applied; nil where the library alone can undo one of them.
    public internal(set) var filters: [ChunkFilter]? = []

    /// Equal where datasets are created alike.
    public static func == (a: Layout, b: Layout) -> Bool {
        (a.chunk, a.shuffle, a.gzip, a.fletcher32, a.lzf) == (b.chunk, b.shuffle, b.gzip, b.fletcher32, b.lzf)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(chunk)
        hasher.combine(gzip)
    }

    /// One piece: the fastest to read at random, with neither checksum nor compression.
    public static let contiguous = Layout(chunk: nil)

    /// Chunks of the given extents.
    public static func chunked(
        _ chunk: [Int], shuffle: Bool = false, gzip: Int? = nil, fletcher32: Bool = false
    ) -> Layout {
        Layout(chunk: chunk, shuffle: shuffle, gzip: gzip, fletcher32: fletcher32)
    }

    /// Chunks of whole rows with a checksum each, for data whose damage must not pass unseen.
    ///
    /// A chunk holds about a million elements, or one row where a row is larger. A shape without axes or elements has no
    /// chunks and stays in one piece.
    public static func checksummed(shape: [Int]) -> Layout {
        guard !shape.isEmpty, !shape.contains(0) else { return .contiguous }
        let elementsInRow = shape.dropFirst().reduce(1, *)
        let rows = min(shape[0], max(1, 1_048_576 / elementsInRow))
        return .chunked([rows] + shape.dropFirst(), fletcher32: true)
    }
}
