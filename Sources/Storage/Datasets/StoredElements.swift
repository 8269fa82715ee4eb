import CHDF5
import Synchronization

/// A part of a dataset that is read in one go: extents from an origin on. A chunk may reach beyond the dataset.
public struct Slab: Hashable, Sendable {
    public let origin: [Int]
    public let extents: [Int]
}

/// The elements of a dataset as the bytes that the file has, from any number of threads.
///
/// Of a dataset in one piece they are read past the library. Of chunks the library, which serves one caller at a time, only finds
/// the bytes; filters are undone here, on the caller's thread. Other layouts and filters go through the library whole.
public final class StoredElements: Sendable {
    /// The path of the dataset and its file, for errors.
    public let place: String
    public let shape: [Int]
    /// How the numbers are written.
    public let format: NumberFormat
    public let layout: Layout
    /// The share of the chunks that were written, by number.
    public let chunkCounts: (written: Int, all: Int)

    private enum Source {
        case contiguous(ContiguousRows)
        case chunks([ChunkFilter])
        case library
        /// In one piece that was never written.
        case nothing
    }

    private let source: Source
    /// The size of the file.
    public let fileBytes: Int
    private let dataset: Mutex<OpenDataset>

    /// The library serves one call at a time, and so does this.
    private struct OpenDataset: ~Copyable {
        let dataset: Dataset
    }

    /// Opens a dataset of a file of its own, so that nothing is shared.
    ///
    /// - Throws: `H5Error` where it cannot be opened, or holds no numbers.
    public init(path: String, name: String) throws(H5Error) {
        let dataset = try File.open(path).root.sparseDataset(name)
        guard let format = try dataset.numberFormat() else {
            throw H5Error("read the dataset \(dataset.place)", because: "it holds \(dataset.elementType), not numbers")
        }
        place = dataset.place
        shape = dataset.shape
        layout = dataset.layout
        self.format = format
        fileBytes = try fileSize(of: dataset.id)
        source = try Self.source(of: dataset)
        chunkCounts = try Self.chunkCounts(of: dataset)
        self.dataset = Mutex(OpenDataset(dataset: dataset))
    }

    private static func source(of dataset: Dataset) throws(H5Error) -> Source {
        if dataset.layout.chunk != nil { return dataset.layout.filters.map { .chunks($0) } ?? .library }
        if let rows = try dataset.storedRows() { return .contiguous(rows) }
        return try dataset.isNeverWritten() ? .nothing : .library
    }

    /// The chunks that the file may have: more would take minutes to look for.
    private static let chunkLimit = 1 << 24

    private static func chunkCounts(of dataset: Dataset) throws(H5Error) -> (written: Int, all: Int) {
        guard let chunk = dataset.layout.chunk else { return try dataset.isNeverWritten() ? (0, 1) : (1, 1) }
        let all = zip(dataset.shape, chunk).reduce(1) { product, axis in
            let (result, overflow) = product.multipliedReportingOverflow(by: (axis.0 + axis.1 - 1) / max(1, axis.1))
            return overflow ? .max : result
        }
        guard all <= chunkLimit else {
            throw H5Error(
                "read the dataset \(dataset.place)",
                because: "it has \(all) chunks of shape \(chunk), more than the \(chunkLimit) that are read")
        }
        return (try min(all, dataset.writtenChunkCount()), all)
    }

    /// The rows in one piece, where there is nothing to be undone.
    public var contiguous: ContiguousRows? {
        if case .contiguous(let rows) = source { rows } else { nil }
    }

    /// The parts of which a range along an axis consists: chunks, or pieces of about a million bytes.
    public func slabs(of range: Range<Int>, along axis: Int) -> [Slab] {
        guard !range.isEmpty else { return [] }
        if let chunk = layout.chunk, case .chunks = source { return chunks(chunk, range, axis) }
        var (origin, extents) = (shape.map { _ in 0 }, shape)
        (origin[axis], extents[axis]) = (range.lowerBound, range.count)
        let rowBytes = extents.dropFirst().reduce(format.bytes, *)
        let step = max(1, min(extents[0], (1 << 20) / max(1, rowBytes)))
        return stride(from: 0, to: extents[0], by: step).map { start in
            Slab(
                origin: [origin[0] + start] + origin.dropFirst(),
                extents: [min(step, extents[0] - start)] + extents.dropFirst())
        }
    }

    private func chunks(_ chunk: [Int], _ range: Range<Int>, _ axis: Int) -> [Slab] {
        var origins: [[Int]] = [[]]
        for (index, extent) in shape.enumerated() {
            let bounds = index == axis ? range.lowerBound / chunk[index] * chunk[index]..<range.upperBound : 0..<extent
            let starts = Array(stride(from: bounds.lowerBound, to: bounds.upperBound, by: chunk[index]))
            origins = origins.flatMap { origin in starts.map { origin + [$0] } }
        }
        return origins.map { Slab(origin: $0, extents: chunk) }
    }

    /// Whether the file has the bytes of a part.
    public func isWritten(_ slab: Slab) throws(H5Error) -> Bool {
        switch source {
        case .nothing: false
        case .contiguous, .library: true
        case .chunks:
            try dataset.withLock { (open) throws(H5Error) in try open.dataset.chunkBytes(at: slab.origin) > 0 }
        }
    }

    /// The stored bytes of a part in the order of its axes; nil where they were never written.
    ///
    /// - Throws: `H5Error` where they cannot be read, or a filter finds them damaged.
    public func bytes(of slab: Slab) throws(H5Error) -> [UInt8]? {
        switch source {
        case .nothing: return nil
        case .contiguous(let rows): return try contiguousBytes(slab, rows)
        case .library: return try dataset.withLock { (open) throws(H5Error) in try open.dataset.storedBytes(of: slab) }
        case .chunks(let filters):
            let limit = fileBytes
            let raw = try dataset.withLock { (open) throws(H5Error) in
                try open.dataset.rawChunk(at: slab.origin, atMost: limit)
            }
            guard let raw else { return nil }
            let count = slab.extents.reduce(format.bytes, *)
            guard let bytes = filters.undo(raw.bytes, count: count, skipped: raw.skippedFilters) else {
                throw H5Error(
                    "read the dataset \(place)",
                    because: "the chunk at \(slab.origin) is damaged; restore the file from a copy, or make it again")
            }
            return bytes
        }
    }

    /// Has the library find the bytes of every chunk, and keeps nothing.
    public func touch() throws(H5Error) {
        if case .contiguous = source { return }
        guard let rows = shape.first else { return }
        let step = max(1, layout.chunk?.first ?? (1 << 20) / max(1, shape.dropFirst().reduce(format.bytes, *)))
        for start in stride(from: 0, to: rows, by: step) {
            for slab in slabs(of: start..<min(rows, start + step), along: 0) {
                _ = try dataset.withLock { (open) throws(H5Error) -> Int in
                    guard case .chunks = source else { return try open.dataset.storedBytes(of: slab).count }
                    return try open.dataset.rawChunk(at: slab.origin, atMost: fileBytes)?.bytes.count ?? 0
                }
            }
        }
    }

    private func contiguousBytes(_ slab: Slab, _ rows: ContiguousRows) throws(H5Error) -> [UInt8] {
        let runs = SlabRuns(of: slab, in: shape)
        let length = runs.length * format.bytes
        var bytes = [UInt8](repeating: 0, count: runs.starts.count * length)
        for (index, start) in runs.starts.enumerated() {
            try rows.read(bytes: length, from: start * format.bytes, into: &bytes, at: index * length)
        }
        return bytes
    }
}

/// The elements of a part that lie one behind the other in the whole.
struct SlabRuns {
    let starts: [Int]
    let length: Int

    init(of slab: Slab, in shape: [Int]) {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        let split = shape.indices.last { slab.extents[$0] != shape[$0] } ?? 0
        length = slab.extents[split] * strides[split]
        var starts = [zip(slab.origin, strides).reduce(0) { $0 + $1.0 * $1.1 }]
        for axis in 0..<split {
            starts = starts.flatMap { start in (0..<slab.extents[axis]).map { start + $0 * strides[axis] } }
        }
        self.starts = starts
    }
}
