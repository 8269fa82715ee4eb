import Glibc

/// A system call on a file that failed.
public struct FileError: Error, Hashable, CustomStringConvertible {
    /// What could not be done and on what, in words that follow "cannot": `read the file a.h5`.
    public let operation: String
    /// The system's error number.
    public let code: Int32

    public init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// Whether there was no file or directory of that name.
    public var isNotFound: Bool { code == ENOENT }

    public var description: String { "cannot \(operation): \(reason)\(remedy)" }

    private var reason: String { unsafe String(cString: strerror(code)) }

    private var remedy: String {
        switch code {
        case ENOSPC, EDQUOT: "; free some space and try again"
        case EACCES, EPERM: "; check who may write there"
        default: ""
        }
    }
}
