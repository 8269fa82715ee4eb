import Files

/// A text file that another thread or process adds lines to, or puts another in the place of.
struct GrowingFile {
    private let path: String
    private var identity: FileStatus.Identity?
    /// The bytes of the lines that were taken.
    private var length = 0

    init(_ path: String) { self.path = path }

    /// What came since the last lines that were taken.
    struct News {
        let lines: [Substring]
        /// Whether it is another file: the lines are all of its lines then.
        let isReplaced: Bool
        fileprivate let identity: FileStatus.Identity?
        fileprivate let end: Int
    }

    /// The whole lines behind those that were taken; a line that has no end yet comes later. None where there is no file.
    func news() throws(FileError) -> News {
        guard let status = FileStatus(path) else {
            return News(lines: [], isReplaced: false, identity: identity, end: length)
        }
        let isReplaced = identity != nil && identity != status.identity
        let start = isReplaced ? 0 : length
        let bytes = try PosixFileSystem().read(path, from: start)
        let whole = bytes.prefix((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)
        return News(
            lines: String(decoding: whole, as: UTF8.self).split(separator: "\n"), isReplaced: isReplaced,
            identity: status.identity, end: start + whole.count)
    }

    /// Goes on behind what came.
    mutating func take(_ news: News) { (identity, length) = (news.identity, news.end) }
}
