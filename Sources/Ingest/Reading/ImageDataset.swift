import Hashing
import Storage

/// An HDF5 file of images opened for reading: where to start in this target.
///
/// Images come out as bytes in the order (N, C, H, W), from any number of threads. Fuel's layout says everything about itself;
/// of other files the datasets' names, the order of the axes, the scale of the values and the splits are recognised, and
/// `DatasetSummary` says what was recognised.
public final class ImageDataset: Sendable {
    /// The path of the file.
    public let path: String

    /// The number of images.
    public let count: Int

    /// The shape of every image.
    public let shape: ImageShape

    /// The splits in the file's order; a file that has none is split by a keyed shuffle.
    public let splits: [ImageSplit]

    /// Where the splits come from, in words.
    let splitSource: String

    /// The targets, or nil where the file has none.
    public let targets: ImageTargets?

    let parts: [PixelPart]

    /// Opens a file.
    ///
    /// - Throws: `H5Error` where the library cannot read it, `DataError` where it holds no images or could mean two things.
    public init(_ path: String) throws {
        let root = try File.open(path).root
        let names = try ImageNames(in: root)
        let parts = try names.parts.map { try PixelPart(path: path, name: $0.dataset) }
        guard let first = parts.first, parts.allSatisfy({ $0.shape == first.shape }) else {
            throw DataError(path, "holds images of several shapes: \(parts.map { "\($0.name) \($0.shape)" })")
        }
        self.path = path
        self.parts = parts
        shape = first.shape
        count = parts.reduce(0) { $0 + $1.count }
        (splits, splitSource) = try ImageSplit.all(of: names, counts: parts.map(\.count), in: root)
        targets = try ImageTargets(of: names, count: parts.reduce(0) { $0 + $1.count }, in: root)
    }

    /// The rows of a split.
    ///
    /// - Throws: `DataError` that lists the splits, where there is none of this name.
    public func rows(ofSplit name: String) throws -> [Int] {
        guard let split = splits.first(where: { $0.name == name }) else {
            let known = splits.map(\.name).joined(separator: ", ")
            throw DataError(path, "has no split \(name), only \(known)")
        }
        return split.rows
    }

    /// The images of some rows, in the order given: rows · C · H · W bytes.
    public func pixels(rows: [Int]) throws -> [UInt8] {
        precondition(
            rows.allSatisfy((0..<count).contains), "expected rows within 0..<\(count) of \(path), got \(rows)")
        var (start, result) = (0, [UInt8](repeating: 0, count: rows.count * shape.count))
        for part in parts {
            let here = start..<start + part.count
            let positions = rows.indices.filter { here.contains(rows[$0]) }
            let pixels = try part.pixels(rows: positions.map { rows[$0] - start })
            if positions.count == rows.count { return pixels }
            for (index, position) in positions.enumerated() {
                result.replaceSubrange(
                    position * shape.count..<(position + 1) * shape.count,
                    with: pixels[index * shape.count..<(index + 1) * shape.count])
            }
            start += part.count
        }
        return result
    }

    /// The images of rows that follow one another.
    public func pixels(rows: Range<Int>) throws -> [UInt8] {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= count,
            "expected rows within 0..<\(count) of \(path), got \(rows)")
        var (start, result) = (0, [UInt8]())
        for part in parts {
            let here = rows.clamped(to: start..<start + part.count)
            let piece = try here.isEmpty ? [] : part.pixels(rows: here.lowerBound - start..<here.upperBound - start)
            result = result.isEmpty ? piece : result + piece
            start += part.count
        }
        return result
    }

    /// Reads everything that only the HDF5 library can read, once, and keeps nothing: what a run reads of it later has been read
    /// without harm then.
    public func readThroughTheLibrary() throws {
        for part in parts where !part.isReadPastTheLibrary {
            let step = max(1, (4 << 20) / part.shape.count, part.layout.chunk?.first ?? 1)
            for start in stride(from: 0, to: part.count, by: step) {
                _ = try part.pixels(rows: start..<min(start + step, part.count))
            }
        }
        _ = try targetValues()
        _ = try DatasetSummary.attributes(of: File.open(path).root)
    }

    /// SHA-256 over the shape, the name, the size and all pixels of a split, in the order of its rows.
    ///
    /// Two files that hold the same images in the same order have the same fingerprint, however they store them.
    /// - Complexity: Reads the whole split.
    public func fingerprint(split name: String) throws -> SHA256Digest {
        var hash = SHA256()
        let rows = try rows(ofSplit: name)
        hash.update(name)
        for extent in [rows.count, shape.channels, shape.height, shape.width] { hash.update(extent) }
        let step = max(1, (4 << 20) / shape.count)
        for start in stride(from: 0, to: rows.count, by: step) {
            hash.update(try pixels(rows: Array(rows[start..<min(start + step, rows.count)])))
        }
        return hash.finalize()
    }
}
