import Glibc

/// A file that only its owner can read, or only root and one group.
public struct SecretFile: Sendable {
    public let path: String

    /// Many times what a key has.
    private static let byteLimit = 1 << 20

    public init(_ path: String) {
        self.path = path
    }

    /// The whole file.
    /// - Throws: `SecretFileExposed` where others may read or change it, `FileError` where it cannot be read.
    public func read() throws -> [UInt8] {
        let file = try Descriptor.reading(path)
        let status = try file.status()
        guard
            Self.isKept(
                permissions: status.st_mode & 0o777, owner: status.st_uid, group: status.st_gid, from: Self.ownGroups,
                isCredential: isCredential)
        else { throw SecretFileExposed(path: path) }
        return try file.readAll(atMost: Self.byteLimit)
    }

    /// Whether a file is out of the reach of all but its owner. A group may read what is root's, if it is a group of the reader, and not
    /// root's own: so Kubernetes hands secrets to a pod (`fsGroup`), which cannot change that.
    ///
    /// Of a service's credential the group's part says how much the access list gives the service that systemd made it for (acl(5), "mask").
    static func isKept(
        permissions: mode_t, owner: uid_t, group: gid_t, from readersGroups: Set<gid_t>, isCredential: Bool
    ) -> Bool {
        if permissions & 0o077 == 0 { return true }
        guard permissions & 0o077 == 0o040, owner == 0 else { return false }
        return isCredential || group != 0 && readersGroups.contains(group)
    }

    /// Whether systemd made it for the service that this process is (systemd.exec(5), `LoadCredential=`).
    private var isCredential: Bool {
        guard let folder = unsafe getenv("CREDENTIALS_DIRECTORY") else { return false }
        return unsafe path.hasPrefix(String(cString: folder) + "/")
    }

    /// The groups of this process. The C functions are `getegid` and `getgroups`.
    private static var ownGroups: Set<gid_t> {
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = unsafe getgroups(Int32(groups.count), &groups)
        return Set(groups.prefix(Int(max(0, count)))).union([getegid()])
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
