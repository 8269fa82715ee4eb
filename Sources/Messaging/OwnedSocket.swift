/// A socket that stands in a list: it is closed with the last reference to it. Used by one thread, like every socket.
public final class OwnedSocket {
    public let socket: Socket

    public init(_ socket: consuming Socket) {
        self.socket = socket
    }
}
