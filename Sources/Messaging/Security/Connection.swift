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
