import Files

/// `metrics.jsonl`: a row for every step and every evaluation, in order.
public struct MetricsLog: Sendable {
    private let file: LineFile

    /// Opens the log of a run that continues at a state.
    ///
    /// A torn last row is cut, and so are the rows of steps and evaluations that the state does not contain: they come again. Rows of
    /// an earlier version become rows of this one.
    public init(_ path: String, resumingAt step: Int, history: History, files: any FileSystem = PosixFileSystem())
        throws
    {
        func isContained(_ row: MetricsRow) -> Bool {
            row.step <= step && (row.split == .train || history.valid.contains { $0.step == row.step })
        }
        let rows = try readRows(path, files, isNeeded: isContained, MetricsRow.init(line:))
        file = try LineFile(path, lines: rows.filter(isContained).map(\.line), files: files)
    }

    /// The rows that a log holds, in their order, without a torn end; none where there is no file.
    ///
    /// - Throws: `RecordError` for a line that is no row and is followed by one; `FileError`.
    public static func rows(_ path: String, files: any FileSystem = PosixFileSystem()) throws -> [MetricsRow] {
        try readRows(path, files, isNeeded: { _ in true }, MetricsRow.init(line:))
    }

    public func append(_ row: MetricsRow) throws(FileError) { try file.append(row.line) }

    /// Forces the rows to the disk.
    public func synchronize() throws(FileError) { try file.synchronize() }
}
