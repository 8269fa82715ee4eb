import Glibc

/// One TCP connection of this machine, closed with this object.
final class Connection: Sendable {
    private let descriptor: Int32

    /// Takes over an open socket.
    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Connects to a port of this machine, or returns nil where nobody listens.
    static func connecting(to port: UInt16) -> Connection? {
        guard let socket = try? makeSocket() else { return nil }
        let connection = Connection(socket)
        connection.limitWaits()
        let status = unsafe withAddress(port) { unsafe connect(socket, $0, $1) }
        return status == 0 ? connection : nil
    }

    /// Listens on a port of this machine.
    static func listening(on port: UInt16) throws(NetworkError) -> Connection {
        let connection = Connection(try makeSocket())
        var on: Int32 = 1
        unsafe setsockopt(connection.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        let status = unsafe withAddress(port) { unsafe bind(connection.descriptor, $0, $1) }
        guard status == 0, listen(connection.descriptor, 64) == 0 else {
            throw NetworkError(operation: "listen on port \(port)", code: errno)
        }
        return connection
    }

    /// Holds a name of this machine's network, which nobody else has meanwhile; nil where somebody does.
    ///
    /// The name is one of Linux's abstract Unix sockets (unix(7)): no file, seen where the machine's ports are seen, and gone with its
    /// process.
    static func sign(named name: String) -> Connection? {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        let connection = Connection(socket)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.dropFirst().copyBytes(from: name.utf8) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(socket, $0, length) }
        }
        return status == 0 ? connection : nil
    }

    /// Waits for the next connection; nil once `shutDown` was called.
    ///
    /// Nothing else is an end, not even that no more files can be opened: who listens on would find later connections open, and
    /// nobody would answer them.
    func accept() -> Connection? {
        while true {
            let socket = Glibc.accept(descriptor, nil, nil)
            if socket >= 0 {
                _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
                let connection = Connection(socket)
                connection.limitWaits()
                return connection
            }
            if errno == EINVAL { return nil }
            if errno != EINTR { usleep(10_000) }
        }
    }

    /// Waits for bytes and puts them into the buffer: how many, 0 at the end, or nil where none came for a tenth of a second.
    func receive(into buffer: inout [UInt8]) -> Int? {
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, [EINTR, EAGAIN].contains(errno) { return nil }
        return max(0, count)
    }

    /// Sends the first bytes of the buffer; false where nobody takes them any more.
    func send(_ buffer: [UInt8], count: Int) -> Bool {
        var sent = 0
        while sent < count {
            let more = unsafe buffer.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { return false }
            sent += more
        }
        return true
    }

    /// POLLRDHUP of poll(2), which Swift does not see.
    private static let endOfOtherSide: Int16 = 0x2000

    /// Waits at most a tenth of a second until the other side ends what it sends, and answers whether it has. Nothing is read.
    func hasEnded() -> Bool {
        var item = pollfd(fd: descriptor, events: Self.endOfOtherSide, revents: 0)
        return unsafe poll(&item, 1, 100) == 1
    }

    /// Sends nothing more; the other side can go on.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends both directions; whoever waits here is woken.
    func shutDown() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// So that whoever waits for bytes looks up now and then.
    private func limitWaits() {
        var limit = timeval(tv_sec: 0, tv_usec: 100_000)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func makeSocket() throws(NetworkError) -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw NetworkError(operation: "open a socket", code: errno) }
        var on: Int32 = 1
        unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        return socket
    }

    private static func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// A system call on a socket that failed.
public struct NetworkError: Error, Hashable, CustomStringConvertible {
    let operation: String
    let code: Int32

    public var description: String { unsafe "cannot \(operation): \(String(cString: strerror(code)))" }
}
