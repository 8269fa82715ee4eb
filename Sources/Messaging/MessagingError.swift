import CZeroMQ
import Glibc

/// Says which ZeroMQ operation failed, where, and what to do about it.
public struct MessagingError: Error, Equatable, CustomStringConvertible {
    /// A number from `errno`, as the C library returns it; ZeroMQ adds its own above 156384712.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Another process holds the address (`EADDRINUSE`).
        public static let addressInUse = Code(rawValue: EADDRINUSE)
        /// No interface of this machine has the address (`EADDRNOTAVAIL`, and `ENODEV` for a name).
        public static let addressNotAvailable = Code(rawValue: EADDRNOTAVAIL)
        /// No such interface or host (`ENODEV`).
        public static let noSuchDevice = Code(rawValue: ENODEV)
        /// The file system or the kernel forbids it (`EACCES`).
        public static let notPermitted = Code(rawValue: EACCES)
        /// The path of an `ipc://` endpoint is longer than a Unix socket allows (`ENAMETOOLONG`).
        public static let pathTooLong = Code(rawValue: ENAMETOOLONG)
        /// The folder of an `ipc://` endpoint does not exist (`ENOENT`).
        public static let noSuchFolder = Code(rawValue: ENOENT)
        /// The process has too many open files or sockets (`EMFILE`).
        public static let tooManyOpenFiles = Code(rawValue: EMFILE)
        /// The text is no endpoint, or not one that may be used (`EINVAL`).
        public static let invalid = Code(rawValue: EINVAL)
    }

    /// What was attempted, as a verb phrase ("listen on", "connect to").
    public let operation: String
    /// Why the library refused.
    public let code: Code
    /// The endpoint involved, or an empty text where there is none.
    public let endpoint: String
    /// The sentence for the user, where the code alone does not say enough.
    public let remedy: String?

    init(_ operation: String, _ code: Code, endpoint: String = "", remedy: String? = nil) {
        self.operation = operation
        self.code = code
        self.endpoint = endpoint
        self.remedy = remedy
    }

    /// Takes the code from the last failed call. The C function is `zmq_errno`.
    static func last(_ operation: String, endpoint: String = "") -> MessagingError {
        MessagingError(operation, Code(rawValue: zmq_errno()), endpoint: endpoint)
    }

    public var description: String {
        remedy ?? knownSentence ?? "cannot \(operation) \(endpoint): \(Self.text(of: code))"
    }

    private var knownSentence: String? {
        switch code {
        case .addressInUse:
            "port in use: \(endpoint) is taken by another process; choose another with --listen"
        case .addressNotAvailable, .noSuchDevice:
            "cannot \(operation) \(endpoint): no interface of this machine has that address; names are not looked up, write numbers such as 127.0.0.1"
        case .notPermitted:
            "cannot \(operation) \(endpoint): permission denied; choose a port above 1023 or a folder of your own"
        case .pathTooLong:
            "cannot \(operation) \(endpoint): the path is longer than the 107 bytes a Unix socket allows; "
                + "set TMPDIR to a shorter folder"
        case .noSuchFolder:
            "cannot \(operation) \(endpoint): its folder does not exist"
        case .tooManyOpenFiles:
            "cannot \(operation) \(endpoint): too many open files; raise the limit with ulimit -n"
        default:
            nil
        }
    }

    /// The C function is `zmq_strerror`.
    static func text(of code: Code) -> String {
        guard let text = unsafe zmq_strerror(code.rawValue) else { return "error \(code.rawValue)" }
        return unsafe String(cString: text)
    }
}
