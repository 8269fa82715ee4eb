import Files
import Hashing
import Storage
import Synchronization

/// An HDF5 file of images opened for reading: where to start in this target.
///
/// Images come out as bytes in the order (N, C, H, W), from any number of threads. Fuel's layout says everything about itself;
/// of other files the datasets' names, the order of the axes, the scale of the values and the splits are recognised, and
/// `DatasetSummary` says what was recognised. `ReadingOptions` say it where a file does not.
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

    /// What a user should know before training: values that are clipped, labels and images that are left out.
    public let notes: [String]

    let options: ReadingOptions
    let parts: [PixelPart]
    /// How the values of each part stand for brightness.
    let scales: [PixelScale]
    let progress: ReadingProgress
    /// Where pixels are unpacked.
    private let scratch: String
    /// All rows but those that were never written.
    let writtenRows: [Int]
    private let unpacked = Mutex<[UnpackedPixels?]>([])

    /// Opens a file, and looks at its values.
    ///
    /// - Parameter scratch: The folder for pixels that have to be unpacked.
    /// - Throws: `H5Error` where the library cannot read it, `DataError` where it holds no images or could mean two things.
    public convenience init(
        _ path: String, _ options: ReadingOptions = ReadingOptions(),
        scratch: String = ScratchFile.folder(beside: nil),
        progress: @escaping ReadingProgress = { _, _, _ in }
    ) throws {
        try self.init(Opened(path, options), options, scratch, progress)
    }

    private init(
        _ opened: Opened, _ options: ReadingOptions, _ scratch: String, _ progress: @escaping ReadingProgress
    ) throws {
        (path, parts, shape) = (opened.path, opened.parts, opened.parts[0].shape)
        count = opened.parts.reduce(0) { $0 + $1.count }
        let (missing, missingNotes) = try Self.missing(opened.parts, options, path)
        let values = try opened.parts.map { try $0.values(range: options.range, progress) }
        scales = try PixelScale.scales(of: values, range: options.range, place: path)
        splits = opened.splits.map { $0.without(missing) }
        writtenRows = (0..<opened.parts.reduce(0) { $0 + $1.count }).filter { !missing.contains($0) }
        splitSource = opened.splitSource
        targets = opened.targets
        var seen = Set<String>()
        notes = (opened.notes + missingNotes + scales.flatMap(\.notes)).filter { seen.insert($0).inserted }
        self.options = options
        self.progress = progress
        self.scratch = scratch
    }

    /// What the library says of a file, before any pixel is looked at.
    private struct Opened {
        let path: String
        let parts: [PixelPart]
        let splits: [ImageSplit]
        let splitSource: String
        let targets: ImageTargets?
        let notes: [String]

        init(_ path: String, _ options: ReadingOptions) throws {
            let root = try Self.root(of: path)
            let names = try ImageNames(in: root, options)
            let parts = try names.parts.map { try PixelPart(path: path, $0, options) }
            guard let first = parts.first, parts.allSatisfy({ $0.shape == first.shape }) else {
                throw DataError(path, "holds images of several shapes: \(parts.map { "\($0.name) \($0.shape)" })")
            }
            self.path = path
            self.parts = parts
            (splits, splitSource) = try ImageSplit.all(of: names, counts: parts.map(\.count), in: root)
            var notes: [String] = []
            targets = try ImageTargets(of: names, counts: parts.map(\.count), in: root, notes: &notes)
            self.notes = notes
        }

        private static func root(of path: String) throws -> Group {
            do throws(H5Error) {
                return try File.open(path).root
            } catch {
                guard error.isOfAnotherFormat else { throw error }
                throw DataError(
                    path, "is not an HDF5 file: `tributary data import` makes one of pictures, arrays and tables")
            }
        }
    }

    /// The rows that were never written, and a sentence for each dataset that has some.
    private static func missing(
        _ parts: [PixelPart], _ options: ReadingOptions, _ path: String
    ) throws -> (rows: Set<Int>, notes: [String]) {
        var (start, rows, notes) = (0, Set<Int>(), [String]())
        for part in parts {
            defer { start += part.count }
            guard let first = part.missing.first?.lowerBound, let last = part.missing.last?.upperBound else { continue }
            let count = part.missing.reduce(0) { $0 + $1.count }
            let (written, all) = part.chunks
            let what = all == 1 ? "nothing was ever written" : "\(all - written) of \(all) chunks were never written"
            let sentence =
                "\(part.name): \(what), which leaves \(count) of \(part.count) images black or torn (rows \(first) to \(last - 1))"
            guard options.onlyWritten, count < part.count else {
                throw DataError(
                    path,
                    "is not whole, as if its writer had died: in \(sentence); write it again"
                        + (count < part.count ? ", or leave those images out with --only-written" : ""))
            }
            notes.append("left out: in \(sentence)")
            for range in part.missing { rows.formUnion(range.map { start + $0 }) }
        }
        return (rows, notes)
    }

    /// The rows of a split.
    ///
    /// - Throws: `DataError` that lists the splits, where there is none of this name.
    public func rows(ofSplit name: String) throws -> [Int] {
        try split(name).rows
    }

    /// The split of a name, also of another word for it.
    ///
    /// - Throws: `DataError` that lists the splits, where there is none of this name.
    public func split(_ name: String) throws -> ImageSplit {
        guard let split = splits.first(where: { $0.name == SplitWord.name(name) || $0.name == name }) else {
            let known = splits.map(\.name).joined(separator: ", ")
            throw DataError(path, "has no split \(name), only \(known)")
        }
        return split
    }

    /// The images of some rows, in the order given: rows · C · H · W bytes.
    public func pixels(rows: [Int]) throws -> [UInt8] {
        precondition(
            rows.allSatisfy((0..<count).contains), "expected rows within 0..<\(count) of \(path), got \(rows)")
        var (start, result) = (0, [UInt8](repeating: 0, count: rows.count * shape.count))
        for index in parts.indices {
            let here = start..<start + parts[index].count
            let positions = rows.indices.filter { here.contains(rows[$0]) }
            let pixels = try pixels(positions.map { rows[$0] - start }, ofPart: index)
            if positions.count == rows.count { return pixels }
            for (index, position) in positions.enumerated() {
                result.replaceSubrange(
                    position * shape.count..<(position + 1) * shape.count,
                    with: pixels[index * shape.count..<(index + 1) * shape.count])
            }
            start = here.upperBound
        }
        return result
    }

    /// The images of rows that follow one another.
    public func pixels(rows: Range<Int>) throws -> [UInt8] {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= count,
            "expected rows within 0..<\(count) of \(path), got \(rows)")
        return try pixels(rows: Array(rows))
    }

    private func pixels(_ rows: [Int], ofPart index: Int) throws -> [UInt8] {
        guard !rows.isEmpty else { return [] }
        let part = parts[index]
        guard let stored = part.rows else { return try unpacked(index).pixels(rows) }
        let isRun = zip(rows, rows.dropFirst()).allSatisfy { $1 == $0 + 1 }
        let bytes = isRun ? try stored.read(rows: rows[0]..<rows[0] + rows.count) : try stored.read(rows: rows)
        let convert = scales[index].conversion(from: part.images.format)
        return part.axes.channelsFirst(convert(bytes))
    }

    /// The pixels of a part that cannot be read at random, unpacked when they are first asked for.
    private func unpacked(_ index: Int) throws -> UnpackedPixels {
        try unpacked.withLock { all in
            if all.isEmpty { all = parts.map { _ in nil } }
            if let pixels = all[index] { return pixels }
            let pixels = try UnpackedPixels(of: parts[index], scales[index], file: path, in: scratch, progress)
            all[index] = pixels
            return pixels
        }
    }

    /// Whether some pixels are read from the file whenever they are asked for.
    var mayChange: Bool { parts.contains { $0.rows != nil } }

    /// Refuses to go on where the file was written to since it was opened.
    func requireUnchanged() throws {
        for part in parts { try part.rows?.requireUnchanged() }
    }

    /// Has the HDF5 library do once all that it does for a file, and keeps nothing: what a run has it do later it has done
    /// without harm then.
    public static func readThroughTheLibrary(_ path: String, _ options: ReadingOptions = ReadingOptions()) throws {
        let opened = try Opened(path, options)
        for part in opened.parts { try part.images.touch() }
        let root = try File.open(path).root
        for name in opened.targets?.datasets ?? [] {
            let labels = try root.dataset(name)
            _ =
                labels.elementType.isNumber || labels.elementType == .bool
                ? try labels.read(converting: Double.self).count : try labels.texts().count
        }
        _ = try DatasetSummary.attributes(of: root)
    }

    /// SHA-256 over the shape, the name, the size and all pixels of a split, in the order of its rows.
    ///
    /// Two files that hold the same images in the same order have the same fingerprint, however they store them.
    /// - Complexity: Reads the whole split.
    public func fingerprint(split name: String) throws -> SHA256Digest {
        try read(split(name)).fingerprint
    }

    /// Reads a split once, on all cores.
    ///
    /// - Parameter digest: Makes something of the pixels of each piece, beside the fingerprint.
    /// - Returns: The fingerprint, and what was made, image by image.
    func read(
        _ split: ImageSplit, _ digest: @Sendable ([UInt8]) -> [UInt64] = { _ in [] }
    ) throws -> (fingerprint: SHA256Digest, digests: [UInt64]) {
        for index in parts.indices where parts[index].rows == nil { _ = try unpacked(index) }
        var digests: [UInt64] = []
        var hash = SHA256()
        hash.update(split.name)
        for extent in [split.rows.count, shape.channels, shape.height, shape.width] { hash.update(extent) }
        let step = max(1, Self.pieceBytes / shape.count)
        for start in stride(from: 0, to: split.rows.count, by: Self.piecesAtOnce * step) {
            let end = min(start + Self.piecesAtOnce * step, split.rows.count)
            let pieces = concurrentMap(0..<(end - start + step - 1) / step) { piece in
                Result {
                    let pixels = try pixels(
                        rows: Array(split.rows[start + piece * step..<min(start + (piece + 1) * step, end)]))
                    return (pixels, digest(pixels))
                }
            }
            for piece in pieces {
                let (pixels, more) = try piece.get()
                hash.update(pixels)
                digests += more
            }
            progress("taking the fingerprint of \(path)", end, split.rows.count)
        }
        return (hash.finalize(), digests)
    }

    /// Pieces that are read side by side, each small enough to stay in a core's cache until it is hashed.
    private static let piecesAtOnce = 128
    private static let pieceBytes = 1 << 16
}
