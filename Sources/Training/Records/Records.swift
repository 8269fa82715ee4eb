import Files

/// Reads the lines of a record that was added to until a crash.
///
/// - Throws: `RecordError` for a line that is no row, unless it is the last: that one was torn.
func readRows<Row>(_ path: String, _ files: any FileSystem, _ parse: (Substring) -> Row?) throws -> [Row] {
    let bytes: [UInt8]
    do throws(FileError) {
        bytes = try files.read(path)
    } catch {
        if error.isNotFound { return [] }
        throw error
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return try rows(lines, path, parse)
}

/// The last piece is what follows the last newline: nothing, or a torn line, which is not read even if it parses.
private func rows<Row>(_ lines: [Substring], _ path: String, _ parse: (Substring) -> Row?) throws -> [Row] {
    try lines.dropLast().enumerated().compactMap { index, line in
        guard let row = parse(line) else {
            if index == lines.count - 2 { return nil }
            throw RecordError(path: path, line: index + 1)
        }
        return row
    }
}

/// A record with a line that nobody wrote.
public struct RecordError: Error, Hashable, CustomStringConvertible {
    public let path: String
    /// From 1.
    public let line: Int

    public var description: String {
        "line \(line) of \(path) cannot be read: move the file away to resume without what it records"
    }
}
