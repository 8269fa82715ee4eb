import Glibc

/// What kind of file there is, and which one, whatever its name.
public struct FileStatus: Hashable, Sendable {
    public enum Kind: Sendable {
        case regular
        case directory
        case link
        /// A device, a pipe or a socket.
        case other
    }

    /// A file by its device and number: two names of one file have the same.
    public struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    public let kind: Kind
    public let identity: Identity
    /// Who may read, write and run it: `0o640`, for example.
    let permissions: mode_t

    /// What a path leads to; nil where it leads to nothing. The C function is `stat`.
    public init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// What is at a path itself, which may be a link. The C function is `lstat`.
    public init?(atLink path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        permissions = status.st_mode & 0o777
        identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }
}

/// A path without links, `.` and `..`; nil where it leads to nothing. The C function is `realpath`.
public func resolvedPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}
