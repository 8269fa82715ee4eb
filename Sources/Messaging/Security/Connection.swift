import CZeroMQ
import Glibc

/// The connection that a message came over, so that it can be ended; libzmq has no call for that.
public struct Connection: Sendable {
    let descriptor: Int32

    /// How many bytes have come over it, whether they were read or not; nil where it is no TCP connection.
    ///
    /// The C function is `getsockopt` with `TCP_INFO`, whose sixteenth word this has been since Linux 4.1.
    var receivedBytes: Int? {
        var information = [UInt64](repeating: 0, count: 17)
        var size = socklen_t(17 * MemoryLayout<UInt64>.size)
        guard unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &information, &size) == 0, size == 136 else {
            return nil
        }
        return Int(clamping: information[16])
    }

    /// The other side's address in numbers, as a part of `tcp://HOST:PORT`; nil where it is no TCP connection.
    ///
    /// The C functions are `getpeername` and `getnameinfo`.
    public var peerHost: String? {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe withUnsafeMutablePointer(to: &address) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard unsafe getpeername(descriptor, address, &size) == 0 else { return -1 }
                let family = unsafe Int32(address.pointee.sa_family)
                guard family == AF_INET || family == AF_INET6 else { return -1 }
                return unsafe getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            }
        }
        guard code == 0 else { return nil }
        let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // A socket for both versions shows an address of version 4 like this.
        if host.hasPrefix("::ffff:"), host.contains(".") { return String(host.dropFirst(7)) }
        return host.contains(":") ? "[\(host)]" : host
    }

    /// Shuts the connection down, upon which libzmq closes it. The C function is `shutdown`.
    ///
    /// The connection may be gone by now and its number given to another. Then another peer has to connect again, which costs
    /// it time and nothing else; files and listening sockets are left alone.
    public func end() {
        var isListening: Int32 = 1
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening == 0
        else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
