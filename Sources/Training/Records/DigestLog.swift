import Contract
import Files
import Hashing

/// `digests.jsonl`: the state's digest after some steps. A digest that is computed again must be the same.
public struct DigestLog: Sendable {
    private let file: LineFile
    private let path: String
    private var known: [Int: String]

    private struct Row: Codable {
        let step: Int
        let digest: String
    }

    /// Opens the log; a torn last row is cut.
    public init(_ path: String, files: any FileSystem = PosixFileSystem()) throws {
        let rows = try readRows(path, files) { try? ConfigurationNode(json: String($0))?.decode(Row.self) }
        known = Dictionary(rows.map { ($0.step, $0.digest) }, uniquingKeysWith: { first, _ in first })
        try files.replaceDurably(path, Array(rows.map { Self.line($0.step, $0.digest) + "\n" }.joined().utf8))
        self.path = path
        file = try LineFile(path)
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
        try file.append(Self.line(step, digest.description))
        known[step] = digest.description
    }

    private static func line(_ step: Int, _ digest: String) -> String { #"{"step":\#(step),"digest":"\#(digest)"}"# }
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
