import Synchronization

/// Ports of this machine for tests and measurements.
public enum LoopbackPort {
    /// A port on which nobody listens, nor on the next one, as a link needs them.
    ///
    /// Whoever asks here, in this process or another one, gets ports of his own: nobody takes one between this answer and the moment at
    /// which it is listened on.
    public static func free() -> UInt16 { own.withLock { $0.next() } }

    private static let own = Mutex(PortBlock())
}

/// Ports that no other process is given while this one lives.
///
/// They lie below 32,768, from where on Linux gives ports to those who connect.
private struct PortBlock: ~Copyable {
    private static let first: UInt16 = 10_000
    private static let size: UInt16 = 2_000
    private static let count: UInt16 = 11

    private let begin: UInt16
    private var given: UInt16 = 0
    /// The sign that the block is taken; nil where all were.
    private let sign: Connection?

    init() {
        let blocks = (0..<Self.count).shuffled()
        for block in blocks {
            guard let sign = Connection.sign(named: "tributary-ports-\(block)") else { continue }
            self.sign = sign
            begin = Self.first + block * Self.size
            return
        }
        sign = nil
        begin = Self.first + blocks[0] * Self.size
    }

    mutating func next() -> UInt16 {
        while true {
            let port = begin + given
            given = (given + 2) % Self.size
            if (try? (Connection.listening(on: port), Connection.listening(on: port + 1))) != nil { return port }
        }
    }
}
