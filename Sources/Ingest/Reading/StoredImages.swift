import Storage

/// Images as a file has them, read by whole rows from any thread.
protocol StoredImages: Sendable {
    /// The dataset and its file, for errors.
    var place: String { get }
    /// How each value is written.
    var format: NumberFormat { get }
    /// How many rows suit the way in which they lie.
    var step: Int { get }

    /// The values of some rows in the file's order of axes, one byte each, on all cores.
    ///
    /// - Parameter convert: Makes a byte of each stored value.
    func rows(_ range: Range<Int>, _ convert: @escaping @Sendable ([UInt8]) -> [UInt8]) throws -> [UInt8]

    /// The stored values of some rows in any order, piece by piece, on several threads.
    func forEachPiece(of range: Range<Int>, _ body: @Sendable ([UInt8]) -> Void) throws

    /// Rows of which something was never written, in order, with the number of chunks that were written and that there should be.
    func missingRows() throws -> (rows: [Range<Int>], written: Int, all: Int)

    /// Has the library do all that it will ever do for the images.
    func touch() throws
}

/// The images of one dataset of numbers.
struct DatasetImages: StoredImages {
    let elements: StoredElements
    let axis: Int

    /// The bytes of unpacked pixels that are held at a time.
    private static let bandBytes = 128 << 20

    var place: String { elements.place }
    var format: NumberFormat { elements.format }

    /// Rows that are whole chunks, or as many as suit the memory.
    var step: Int {
        let bytes = elements.shape.indices.filter { $0 != axis }.reduce(1) { $0 * elements.shape[$1] }
        let most = max(1, Self.bandBytes / max(1, bytes))
        let chunk = elements.layout.chunk?[axis] ?? max(1, (8 << 20) / max(1, bytes))
        return chunk >= most ? most : most / 8 / chunk > 0 ? most / 8 / chunk * chunk : chunk
    }

    func rows(_ range: Range<Int>, _ convert: @escaping @Sendable ([UInt8]) -> [UInt8]) throws -> [UInt8] {
        try elements.rows(range, along: axis, convert)
    }

    func forEachPiece(of range: Range<Int>, _ body: @Sendable ([UInt8]) -> Void) throws {
        try elements.forEachSlab(of: range, along: axis, body)
    }

    func missingRows() throws -> (rows: [Range<Int>], written: Int, all: Int) {
        let (written, all) = elements.chunkCounts
        guard written < all else { return ([], written, all) }
        let count = elements.shape[axis]
        guard let chunk = elements.layout.chunk?[axis] else { return ([0..<count], written, all) }
        var rows: [Range<Int>] = []
        for start in stride(from: 0, to: count, by: chunk) {
            let band = start..<min(start + chunk, count)
            guard try elements.slabs(of: band, along: axis).contains(where: { try !elements.isWritten($0) }) else {
                continue
            }
            if let last = rows.last, last.upperBound == start {
                rows[rows.count - 1] = last.lowerBound..<band.upperBound
            } else {
                rows.append(band)
            }
        }
        return (rows, written, all)
    }

    func touch() throws { try elements.touch() }
}
