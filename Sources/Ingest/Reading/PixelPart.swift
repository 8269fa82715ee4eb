import Storage
import Synchronization

/// The images of one dataset as bytes in the order (N, C, H, W), whatever the file has.
final class PixelPart: Sendable {
    let name: String
    let count: Int
    let shape: ImageShape
    let order: AxisOrder
    let scale: PixelScale
    /// Whether the file names its axes, so that their order is not inferred.
    let hasAxisNames: Bool
    let storedType: ElementType
    let layout: Layout

    /// Rows that can be read as they are, past the library; nil where something has to be converted.
    private let rows: ContiguousRows?

    /// The library serves one call at a time, and so does this.
    private let dataset: Mutex<Unpacking>

    /// What has to be read through the library.
    private struct Unpacking: ~Copyable {
        let dataset: Dataset
        var recent = RecentBlocks(limit: 64 << 20)
    }

    /// Opens a dataset of a file of its own, so that parts share nothing.
    init(path: String, name: String) throws {
        let dataset = try File.open(path).root.dataset(name)
        let place = "\(name) of \(path)"
        guard dataset.count > 0, (2...4).contains(dataset.shape.count) else {
            throw DataError(place, "has shape \(dataset.shape), which is not that of images")
        }
        let labels = Self.labels(dataset)
        let order = try AxisOrder(labels: labels) ?? AxisOrder(inferredFrom: dataset.shape, place: place)
        let scale = try PixelScale(of: dataset, place: place)
        self.name = name
        self.order = order
        self.scale = scale
        hasAxisNames = AxisOrder(labels: labels) != nil
        count = dataset.rowCount
        shape = order.imageShape(of: dataset.shape)
        storedType = dataset.elementType
        layout = dataset.layout
        rows = try scale == .bytes ? dataset.contiguousRows() : nil
        self.dataset = Mutex(Unpacking(dataset: dataset))
    }

    /// The names of the axes, or none where the file gives none of fixed length.
    private static func labels(_ dataset: Dataset) -> [String] {
        for name in [DatasetNames.axes, DatasetNames.dimensionLabels] where dataset.hasAttribute(name) {
            if let labels: [String] = try? dataset.attributes(name), labels.count == dataset.shape.count {
                return labels
            }
        }
        return []
    }

    /// Whether the library has no part in reading the pixels.
    var isReadPastTheLibrary: Bool { rows != nil }

    /// The images of some rows, in the order given.
    func pixels(rows wanted: [Int]) throws -> [UInt8] {
        let stored = try rows?.read(rows: wanted) ?? dataset.withLock { try convertedRows(wanted, &$0) }
        return order.channelsFirst(stored, shape)
    }

    /// The images of rows that follow one another.
    func pixels(rows wanted: Range<Int>) throws -> [UInt8] {
        let stored = try rows?.read(rows: wanted) ?? dataset.withLock { try converted(wanted, $0.dataset) }
        return order.channelsFirst(stored, shape)
    }

    /// Reads scattered rows by reading each chunk that holds some of them once, as a chunk is the least that can be unpacked.
    private func convertedRows(_ wanted: [Int], _ source: inout Unpacking) throws -> [UInt8] {
        let step = max(1, layout.chunk?.first ?? 1)
        var result = [UInt8](repeating: 0, count: wanted.count * shape.count)
        var (block, bytes) = (0..<0, [UInt8]())
        for position in wanted.indices.sorted(by: { wanted[$0] < wanted[$1] }) {
            let row = wanted[position]
            if !block.contains(row) {
                block = row / step * step..<min((row / step + 1) * step, count)
                bytes = try source.recent.bytes(of: block.lowerBound) { [dataset = source.dataset] in
                    try converted(block, dataset)
                }
            }
            let start = (row - block.lowerBound) * shape.count
            result.replaceSubrange(
                position * shape.count..<(position + 1) * shape.count, with: bytes[start..<start + shape.count])
        }
        return result
    }

    private func converted(_ rows: Range<Int>, _ dataset: Dataset) throws -> [UInt8] {
        if scale == .bytes, storedType == UInt8.elementType { return try dataset.read(rows: rows, as: UInt8.self) }
        return try dataset.read(rows: rows, converting: Float.self).map(scale.byte)
    }
}
