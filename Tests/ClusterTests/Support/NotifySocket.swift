import Foundation
import Synchronization
import Testing

/// A service manager's end of `$NOTIFY_SOCKET`.
final class NotifySocket {
    private let mailbox: Mailbox
    private let name: String
    /// What was told so far, line by line.
    private(set) var lines: [String] = []

    /// - Parameter name: A path, or `@` and a name that is in no file system.
    init(_ name: String) throws {
        self.name = name
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8).map { $0 == UInt8(ascii: "@") ? 0 : $0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        var pause = timeval(tv_sec: 0, tv_usec: 100_000)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &pause, socklen_t(MemoryLayout<timeval>.size))
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
        }
        let code = errno
        mailbox = Mailbox(number)
        try #require(bound == 0, "cannot listen at \(name): \(code)")
    }

    deinit {
        mailbox.end()
        unlink(name)
    }

    /// The lines of the next datagram.
    func next() throws -> [String] {
        let datagram = mailbox.next()
        let new = try #require(datagram, "nobody tells anything; so far: \(lines)")
        lines += new
        return new
    }

    /// Waits until a line begins so, 20 minutes at most.
    func wait(for start: String) throws {
        let limit = Date(timeIntervalSinceNow: 1200)
        while try !next().contains(where: { $0.hasPrefix(start) }) {
            try #require(Date.now < limit, "no line begins with \(start): \(lines.suffix(20))")
        }
    }

    /// Starts `tributary` as a service of this manager's.
    func start(_ arguments: [String]) throws -> CommandProcess {
        try CommandProcess("/usr/bin/env", ["NOTIFY_SOCKET=\(name)", CommandProcess.executable] + arguments)
    }
}

/// What came over a socket, taken off it on a thread of its own: a socket holds ten datagrams (unix(7)), and a service that finds it full
/// does not wait.
private final class Mailbox: Sendable {
    private struct State {
        var datagrams: [[String]] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)

    /// - Parameter number: The socket's, whose waits have a limit. It is closed at the end.
    init(_ number: Int32) {
        Thread { [self] in
            read(number)
            close(number)
        }.start()
    }

    func end() { state.withLock { $0.isOver = true } }

    /// The lines of the next datagram; nil where none comes within 20 minutes.
    func next() -> [String]? {
        guard arrived.wait(timeout: .now() + 1200) == .success else { return nil }
        return state.withLock { $0.datagrams.removeFirst() }
    }

    private func read(_ number: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !state.withLock({ $0.isOver }) {
            let count = recv(number, &buffer, buffer.count, 0)
            guard count > 0 else { continue }
            let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            state.withLock { $0.datagrams.append(lines) }
            arrived.signal()
        }
    }
}
