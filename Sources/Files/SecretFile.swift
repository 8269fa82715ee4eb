import Glibc

/// A file that only its owner can read.
public struct SecretFile: Sendable {
    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    /// The whole file.
    /// - Throws: `SecretFileExposed` where others may read or change it, `FileError` where it cannot be read.
    public func read() throws -> [UInt8] {
        let file = try Descriptor(path, O_RDONLY, "open \(path)")
        guard try file.status().st_mode & 0o077 == 0 else { throw SecretFileExposed(path: path) }
        return try file.readAll()
    }

    /// Makes the file, so that whoever looks finds nothing or all of it, also after a power failure, and nobody else ever finds either.
    /// - Throws: `FileExists`, `FileError`.
    public func createDurably(_ bytes: [UInt8]) throws {
        let file = try UnfinishedFile(path, replacing: false, mode: 0o600)
        try file.write(bytes)
        try file.finish()
    }
}

/// A secret that others on this machine may read.
public struct SecretFileExposed: Error, Hashable, CustomStringConvertible {
    public let path: String

    public var description: String {
        "\(path) is a secret, but its permissions let others at it: run chmod 600 \(path), or make new keys where others "
            + "may have read it"
    }
}
