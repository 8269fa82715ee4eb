import Glibc

/// The service manager that started this process, such as systemd, where it wants to be told how the process is.
///
/// What it is told is a datagram to the socket that `$NOTIFY_SOCKET` names, lines of `NAME=value` (sd_notify(3)). A manager that is gone or
/// busy is not waited for, and nothing is said of that: the work is worth more than what is told of it.
public struct ServiceManager: Sendable {
    /// What it is told.
    public enum News: Sendable, Equatable {
        /// The service can be used from now on.
        case ready
        /// The loop that does the work still goes round. A manager with `WatchdogSec=` ends a service that says so no more.
        case alive
        /// The service is ending, and takes the time it takes to save.
        case stopping
        /// What it does now, in one line for `systemctl status`.
        case status(String)

        fileprivate var line: String {
            switch self {
            case .ready: "READY=1"
            case .alive: "WATCHDOG=1"
            case .stopping: "STOPPING=1"
            case .status(let text): "STATUS=\(text.split(whereSeparator: \.isNewline).joined(separator: " "))"
            }
        }
    }

    private let socket: String

    /// The one of this process, if it has one.
    public static let ofThisProcess = ServiceManager(
        socket: unsafe getenv("NOTIFY_SOCKET").map { unsafe String(cString: $0) } ?? "")

    /// - Parameter socket: An absolute path, or `@` and a name that is in no file system (unix(7), "abstract"); nil for anything else.
    init?(socket: String) {
        guard socket.hasPrefix("/") || socket.hasPrefix("@"), (2...Self.longestName).contains(socket.utf8.count) else {
            return nil
        }
        self.socket = socket
    }

    /// What `sockaddr_un` has room for, without the zero behind a path.
    private static let longestName = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Tells it, in one datagram. The C functions are `socket` and `sendto`.
    public func tell(_ news: News...) {
        let sender = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard sender >= 0 else { return }
        defer { close(sender) }
        let text = Array(news.map(\.line).joined(separator: "\n").utf8)
        var (address, length) = address
        _ = unsafe withUnsafeBytes(of: &address) { address in
            unsafe sendto(
                sender, text, text.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL),
                address.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    /// The socket's address and how many bytes of it count.
    private var address: (sockaddr_un, socklen_t) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socket.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        return (address, socklen_t(start + name.count))
    }
}
