import Archives
import Files

/// Codes as `numpy.savez` writes arrays: a member for each column, (N, width) of float32, and `targets`, `target_names`, `split` and `row`.
///
/// A member is written whole before the next one, and images come with all their columns: so columns wait in a file without a name.
final class NPZCodeWriter: CodeWriter {
    private let output: UnfinishedFile
    private let table: CodeTable
    private let waiting: ScratchFile
    private var done = 0

    /// Bytes that are copied at a time.
    private static let piece = 1 << 20

    init(_ output: UnfinishedFile, _ table: CodeTable, scratch: String) throws {
        self.output = output
        self.table = table
        let width = table.columns.reduce(0) { $0 + $1.width }
        waiting = try ScratchFile(bytes: 4 * table.count * width, in: scratch, to: "keep the codes for \(output.path)")
    }

    func append(_ values: [[Float]]) throws {
        let images = table.images(of: values, after: done)
        var start = 0
        for (column, numbers) in zip(table.columns, values) {
            try waiting.write(littleEndian(numbers.map(\.bitPattern)), at: start + 4 * done * column.width)
            start += 4 * table.count * column.width
        }
        done += images
    }

    func finish() throws {
        precondition(done == table.count, "expected \(table.count) images before the end, got \(done)")
        do {
            let archive = try ZipWriter(over: output.temporaryPath)
            try writeColumns(archive)
            try writeTargets(archive)
            try write("split", .texts(table.splits), { $0.bytes(of: table.splits) }, archive)
            try write("row", .integers([table.count]), { _ in littleEndian(table.rows.map(Int32.init)) }, archive)
            try archive.finish()
        } catch let error as ArchiveError {
            // The path that was asked for, not the temporary one.
            throw DataError(output.path, error.reason)
        }
        try output.finish()
    }

    private func writeColumns(_ archive: ZipWriter) throws {
        var start = 0
        for column in table.columns {
            let array = NPYArray.floats([table.count, column.width])
            try archive.begin("\(column.name).npy", size: array.size)
            try archive.write(array.header)
            let end = start + 4 * table.count * column.width
            for place in stride(from: start, to: end, by: Self.piece) {
                try archive.write(waiting.read(min(Self.piece, end - place), at: [place]))
            }
            start = end
        }
    }

    private func writeTargets(_ archive: ZipWriter) throws {
        guard !table.targetNames.isEmpty else { return }
        let shape = [table.count, table.targetNames.count]
        if let whole = table.wholeTargets {
            try write("targets", .integers(shape), { _ in littleEndian(whole) }, archive)
        } else {
            try write("targets", .doubles(shape), { _ in littleEndian(table.targets.map(\.bitPattern)) }, archive)
        }
        try write("target_names", .texts(table.targetNames), { $0.bytes(of: table.targetNames) }, archive)
        guard !table.classNames.isEmpty else { return }
        try write("class_names", .texts(table.classNames), { $0.bytes(of: table.classNames) }, archive)
    }

    private func write(
        _ name: String, _ array: NPYArray, _ bytes: (NPYArray) -> [UInt8], _ archive: ZipWriter
    ) throws(ArchiveError) {
        try archive.begin("\(name).npy", size: array.size)
        try archive.write(array.header)
        try archive.write(bytes(array))
    }
}
