import Foundation
import Synchronization

/// A TCP proxy on this machine whose connections can be frozen or slowed: what a bad network does to one peer.
///
///     let link = try FaultyLink(from: 7100, to: 7077)
///     link.freeze()                  // connections stay open, and nothing comes through any more
///     link.throttle(bytesPerSecond: 100_000)
public final class FaultyLink: Sendable {
    private struct State {
        /// Connections below this number are frozen for good.
        var frozen = 0
        var accepted = 0
        var bytesPerSecond: Int?
        /// How many bytes of each direction come one by one, and with what pause before each.
        var slowBeginning: (bytes: Int, pause: Duration)?
        var isClosed = false
    }

    private let target: UInt16
    private let listener: Connection
    private let state = Mutex(State())

    /// Starts to pass connections to `port` on to `target`.
    ///
    /// - Throws: `NetworkError` where the port is taken.
    public init(from port: UInt16, to target: UInt16) throws {
        self.target = target
        listener = try .listening(on: port)
        let thread = Thread { [self] in
            while let near = listener.accept() { pass(near) }
        }
        thread.start()
    }

    /// Half-opens the connections there are: both ends find them open, and neither hears the other again. New ones work.
    public func freeze() {
        state.withLock { $0.frozen = $0.accepted }
    }

    /// Limits how fast each direction of each connection goes; nil for no limit.
    public func throttle(bytesPerSecond: Int?) {
        state.withLock { $0.bytesPerSecond = bytesPerSecond }
    }

    /// Lets the first bytes of each direction of new connections through one by one, as a handshake goes whose segments are lost.
    public func slowBeginnings(bytes: Int, pause: Duration) {
        state.withLock { $0.slowBeginning = (bytes, pause) }
    }

    /// Takes no more connections, and ends those that there are, also frozen ones.
    public func close() {
        state.withLock { $0.isClosed = true }
        listener.shutDown()
    }

    private func pass(_ near: Connection) {
        let number = state.withLock { state in
            state.accepted += 1
            return state.accepted - 1
        }
        guard let far = Connection.connecting(to: target) else { return }
        for (from, to) in [(near, far), (far, near)] {
            let thread = Thread { [self] in pump(from, to, number) }
            thread.stackSize = 256 << 10
            thread.start()
        }
    }

    /// Moves bytes until one side ends the connection, or holds a frozen one open.
    private func pump(_ from: Connection, _ to: Connection, _ number: Int) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var passed = 0
        while !state.withLock({ $0.isClosed }) {
            let count = from.receive(into: &buffer)
            let (isFrozen, rate) = state.withLock { ($0.frozen > number, $0.bytesPerSecond) }
            if isFrozen {
                if holdsUntilEnd(from) { return }
                break
            }
            guard let count else { continue }
            guard count > 0, send(buffer, count, to, behind: passed) else { break }
            passed += count
            if let rate { Thread.sleep(forTimeInterval: Double(count) / Double(rate)) }
        }
        from.shutDown()
        to.shutDown()
    }

    /// Sends bytes behind so many others of the same direction.
    private func send(_ buffer: [UInt8], _ count: Int, _ to: Connection, behind passed: Int) -> Bool {
        let beginning = state.withLock { $0.slowBeginning }
        let slow = min(count, max(0, (beginning?.bytes ?? 0) - passed))
        for index in 0..<slow {
            Thread.sleep(forTimeInterval: (beginning?.pause ?? .zero) / .seconds(1))
            guard to.send([buffer[index]], count: 1) else { return false }
        }
        return slow == count || to.send(Array(buffer[slow..<count]), count: count - slow)
    }

    /// Waits until whoever sends here gives up, and answers whether it did, before the link was closed.
    ///
    /// The other side does not hear of it: both ends are closed here once both have given up.
    private func holdsUntilEnd(_ from: Connection) -> Bool {
        while !from.hasEnded() {
            if state.withLock({ $0.isClosed }) { return false }
        }
        return true
    }
}
