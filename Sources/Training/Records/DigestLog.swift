import Contract
import Files
import Hashing

/// `digests.jsonl`: the state's digest after some steps. A digest that is computed again must be the same.
public struct DigestLog: Sendable {
    private let file: LineFile
    private let path: String
    private var known: [Int: String]

    /// A line of the log.
    public struct Row: Hashable, Sendable, Codable {
        public let step: Int
        public let digest: String

        fileprivate var line: String { #"{"step":\#(step),"digest":"\#(digest)"}"# }
    }

    /// Opens the log of a run that continues at a state. A torn last row is cut; rows of later steps stay, to be compared with.
    ///
    /// - Throws: `DigestMismatch` where two rows of one step differ. `RecordError`, `FileError`.
    public init(_ path: String, resumingAt step: Int, files: any FileSystem = PosixFileSystem()) throws {
        let rows = try Self.rows(path, neededUpTo: step, files: files)
        known = [:]
        for row in rows {
            if let earlier = known.updateValue(row.digest, forKey: row.step), earlier != row.digest {
                throw DigestMismatch(path: path, step: row.step, recorded: earlier, computed: row.digest)
            }
        }
        self.path = path
        file = try LineFile(path, lines: rows.map(\.line), files: files)
    }

    /// The rows that a log holds, in their order, without a torn end.
    ///
    /// - Parameter step: Rows up to this step were forced to the disk, so a line before one of them that is none is an error.
    public static func rows(_ path: String, neededUpTo step: Int, files: any FileSystem = PosixFileSystem()) throws
        -> [Row]
    {
        try readRows(path, files, isNeeded: { $0.step <= step }) { line in
            try? ConfigurationNode(json: String(line))?.decode(Row.self)
        }
    }

    /// Records the digest after `step` steps, or compares it with the one that is recorded.
    ///
    /// - Throws: `DigestMismatch`, which means broken hardware or a changed file; `FileError`.
    public mutating func record(_ digest: SHA256Digest, step: Int) throws {
        if let earlier = known[step] {
            guard earlier == digest.description else {
                throw DigestMismatch(path: path, step: step, recorded: earlier, computed: digest.description)
            }
            return
        }
        try file.append(Row(step: step, digest: digest.description).line)
        known[step] = digest.description
    }

    /// Whether the digest after so many steps is recorded.
    public func contains(step: Int) -> Bool { known[step] != nil }

    /// Forces the rows to the disk.
    public func synchronize() throws(FileError) { try file.synchronize() }

    /// Cuts the rows of states of more than `step` steps, which are to be computed again.
    static func cut(_ path: String, after step: Int, _ files: any FileSystem) throws {
        let kept = try rows(path, neededUpTo: step, files: files).filter { $0.step <= step }
        try files.replaceDurably(path, Array(kept.map { $0.line + "\n" }.joined().utf8))
    }
}

/// A step that came out differently from the time before.
public struct DigestMismatch: Error, Hashable, CustomStringConvertible {
    public let path: String
    public let step: Int
    public let recorded: String
    public let computed: String

    public var description: String {
        "after step \(step) the digest is \(computed), and \(path) recorded \(recorded): a machine computes wrongly or the "
            + "record was changed; check the memory of the machines before going on"
    }
}
