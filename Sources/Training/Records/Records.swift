import Files

/// Reads the lines of a record that was added to until a crash, up to the first that is no row.
///
/// What a crash tears was not forced to the disk, so it lies behind everything that a checkpoint relies on.
/// - Parameter isNeeded: Whether a row is one that the state contains.
/// - Throws: `RecordError` for a line that is no row, if a needed one follows it: nobody wrote that.
func readRows<Row>(
    _ path: String, _ files: any FileSystem, isNeeded: (Row) -> Bool, _ parse: (Substring) -> Row?
) throws -> [Row] {
    let bytes: [UInt8]
    do throws(FileError) {
        bytes = try files.read(path)
    } catch {
        if error.isNotFound { return [] }
        throw error
    }
    // An editor may have written the line ends of Windows, which are one `Character`.
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    // The last piece is what follows the last newline: nothing, or a torn line, which is not read even if it parses.
    let rows = lines.dropLast().map(parse)
    let whole = rows.prefix { $0 != nil }.compactMap(\.self)
    guard !rows[whole.count...].contains(where: { $0.map(isNeeded) ?? false }) else {
        throw RecordError(path: path, line: whole.count + 1)
    }
    return whole
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
