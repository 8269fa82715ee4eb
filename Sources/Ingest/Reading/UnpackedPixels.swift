import Files
import Storage

/// The pixels of a part that cannot be read at random where they are: compressed, in chunks, or turned. They are unpacked once, in the
/// order of the file and on all cores, into a file without a name, and read at random from there.
///
/// What the file becomes afterwards changes nothing.
struct UnpackedPixels: Sendable {
    private let scratch: ScratchFile
    private let imageBytes: Int

    /// - Throws: `FileError` where there is too little room, `H5Error` where the file is damaged.
    init(
        of part: PixelPart, _ scale: PixelScale, file: String, in folder: String, _ progress: ReadingProgress
    ) throws {
        imageBytes = part.shape.count
        scratch = try ScratchFile(bytes: part.count * imageBytes, in: folder, to: "unpack \(part.name) of \(file)")
        let convert = scale.conversion(from: part.images.format)
        for rows in part.written(by: part.images.step) {
            try Self.write(part.images.rows(rows, convert), rows, part.axes, scratch)
            progress("unpacking \(part.name)", rows.upperBound, part.count)
        }
    }

    /// Turns images and writes them, on all cores.
    private static func write(_ stored: [UInt8], _ rows: Range<Int>, _ axes: ImageAxes, _ scratch: ScratchFile) throws {
        let bytes = axes.shape.count
        let step = max(1, (1 << 20) / bytes)
        let pieces = (rows.count + step - 1) / step
        let results = concurrentMap(0..<pieces) { piece in
            Result {
                let some = piece * step..<min((piece + 1) * step, rows.count)
                let pixels = pieces == 1 ? stored : Array(stored[some.lowerBound * bytes..<some.upperBound * bytes])
                try scratch.write(axes.channelsFirst(pixels), at: (rows.lowerBound + some.lowerBound) * bytes)
            }
        }
        for result in results { try result.get() }
    }

    /// The images of some rows.
    func pixels(_ rows: [Int]) throws -> [UInt8] {
        let isRun = zip(rows, rows.dropFirst()).allSatisfy { $1 == $0 + 1 }
        guard !isRun else { return try scratch.read(rows.count * imageBytes, at: [rows[0] * imageBytes]) }
        return try scratch.read(imageBytes, at: rows.map { $0 * imageBytes })
    }
}
