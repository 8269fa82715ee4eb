import Foundation
import Testing

/// A service manager's end of `$NOTIFY_SOCKET`.
final class NotifySocket {
    private let number: Int32
    private let name: String
    /// What was told so far, line by line.
    private(set) var lines: [String] = []

    /// - Parameter name: A path, or `@` and a name that is in no file system.
    init(_ name: String) throws {
        self.name = name
        number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8).map { $0 == UInt8(ascii: "@") ? 0 : $0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
        }
        try #require(bound == 0, "cannot listen at \(name): \(errno)")
    }

    deinit {
        close(number)
        unlink(name)
    }

    /// The lines of the next datagram.
    func next() throws -> [String] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(number, &buffer, buffer.count, 0)
        try #require(count > 0, "nobody tells anything; so far: \(lines)")
        let new = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
        lines += new
        return new
    }

    /// Waits until a line begins so, two minutes at most.
    func wait(for start: String) throws {
        let limit = Date(timeIntervalSinceNow: 120)
        while try !next().contains(where: { $0.hasPrefix(start) }) {
            try #require(Date.now < limit, "no line begins with \(start): \(lines.suffix(20))")
        }
    }

    /// Starts `tributary` as a service of this manager's.
    func start(_ arguments: [String]) throws -> CommandProcess {
        try CommandProcess("/usr/bin/env", ["NOTIFY_SOCKET=\(name)", CommandProcess.executable] + arguments)
    }
}
