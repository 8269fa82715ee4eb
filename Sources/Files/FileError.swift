import Glibc

/// A system call on a file that failed.
public struct FileError: Error, Hashable, CustomStringConvertible {
    /// What could not be done and on what, in words that follow "cannot": `read the file a.h5`.
    public let operation: String
    /// The system's error number, or 0 where the system had no part in it.
    public let code: Int32
    private let problem: String?

    public init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
        problem = nil
    }

    /// - Parameter problem: What is wrong, and what to do.
    init(_ operation: String, because problem: String) {
        self.operation = operation
        code = 0
        self.problem = problem
    }

    /// Whether there was no file or directory of that name.
    public var isNotFound: Bool { code == ENOENT || code == ENOTDIR }

    public var description: String { "cannot \(operation): \(reason)\(remedy)" }

    /// What the kernel answers for the C library's `EOPNOTSUPP`, over NFS for instance; the C library has no word for it.
    private static let notSupported: Int32 = 524

    private var reason: String {
        unsafe problem ?? String(cString: strerror(code == Self.notSupported ? EOPNOTSUPP : code))
    }

    private var remedy: String {
        switch code {
        case ENOSPC, EDQUOT: "; free some space and try again"
        case EACCES, EPERM: "; check the permissions of the file and its folders"
        case EMFILE: "; this process may not have more files open: raise the limit with ulimit -n"
        case ENFILE: "; the machine has too many files open: end other programs"
        case ENOLCK, EOPNOTSUPP, Self.notSupported:
            "; the file system there has no locks: take a directory on a local disk, or mount this one with locks (for NFS, "
                + "without nolock and with a lock service running)"
        default: ""
        }
    }
}
