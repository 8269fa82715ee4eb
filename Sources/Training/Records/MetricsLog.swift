import Files

/// `metrics.jsonl`: a row for every step and every evaluation, in order.
public struct MetricsLog: Sendable {
    private let file: LineFile

    /// Opens the log of a run that continues at a state.
    ///
    /// A torn last row is cut, and so are the rows of steps and evaluations that the state does not contain: they come again.
    public init(_ path: String, resumingAt step: Int, history: History, files: any FileSystem = PosixFileSystem())
        throws
    {
        let rows = try readRows(path, files, MetricsRow.init(line:))
        let kept = rows.filter { row in
            switch row.split {
            case .train: row.step < step
            case .valid: row.step <= step && history.valid.contains { $0.epoch == row.epoch }
            }
        }
        try files.replaceDurably(path, Array(kept.map { $0.line + "\n" }.joined().utf8))
        file = try LineFile(path)
    }

    public func append(_ row: MetricsRow) throws(FileError) { try file.append(row.line) }
}
