/// Ports of this machine for tests and measurements.
public enum LoopbackPort {
    /// A port on which nobody listens, nor on the next one, as a link needs them.
    ///
    /// Below 32,768, from where on Linux gives ports to those who connect; at random, so that processes that ask at once get
    /// different ones.
    public static func free() -> UInt16 {
        while true {
            let port = 2 * UInt16.random(in: 5_000..<16_000)
            if (try? (Connection.listening(on: port), Connection.listening(on: port + 1))) != nil { return port }
        }
    }
}
