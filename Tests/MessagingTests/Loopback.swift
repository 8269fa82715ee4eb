import FaultyNetwork
import Foundation
import Messaging
import Testing

/// The three depths at which the same test runs.
enum Depth: String, CaseIterable, Sendable {
    case inProcess
    case ipc
    case tcp
}

/// A folder of its own, removed at the end.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/tributary-\(UInt64.random(in: 0..<UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func endpoint(_ depth: Depth) throws -> Endpoint {
        switch depth {
        case .inProcess: try Endpoint("inproc://\(path)")
        case .ipc: try Endpoint("ipc://\(path)/socket")
        case .tcp: try Endpoint("tcp://127.0.0.1:\(LoopbackPort.free())")
        }
    }
}

/// A coordinator's and a worker's end of one link, in one process.
struct Loopback: ~Copyable {
    let folder: TemporaryFolder
    let context: Context
    let router: Socket
    let dealer: Socket
    let spare: Socket
    let doorbell: Doorbell

    init(_ depth: Depth, options: SocketOptions = SocketOptions(), identity: [UInt8] = [1, 2, 3]) throws {
        let folder = try TemporaryFolder()
        let context = try Context()
        var options = options
        options.security = .insecure
        let router = try Socket(.router, in: context, options: options)
        let spare = try Socket(.dealer, in: context)
        options.identity = identity
        let dealer = try Socket(.dealer, in: context, options: options)
        let doorbell = try Doorbell()
        let endpoint = try folder.endpoint(depth)
        try router.listen(on: endpoint)
        try dealer.connect(to: endpoint)
        (self.folder, self.context, self.doorbell) = (folder, context, doorbell)
        self.router = router
        self.dealer = dealer
        self.spare = spare
    }

    /// Waits, as long as it takes up to a limit no healthy machine meets, for a message of `socket`.
    func frames(of socket: borrowing Socket) throws -> [[UInt8]] {
        for _ in 0..<12_000 {
            var frames: [[UInt8]] = []
            while let message = try socket.receive() {
                frames.append(message.bytes)
                if !message.hasMore { return frames }
            }
            _ = try Poller.wait(control: socket, bulk: spare, doorbell: doorbell, atMost: .milliseconds(100))
        }
        Issue.record("nothing arrived in 20 minutes")
        return []
    }

    /// Waits like `frames`, and answers the message's last frame as it arrived.
    func lastFrame(of socket: borrowing Socket) throws -> Message {
        for _ in 0..<12_000 {
            while let message = try socket.receive() {
                if !message.hasMore { return message }
            }
            _ = try Poller.wait(control: socket, bulk: spare, doorbell: doorbell, atMost: .milliseconds(100))
        }
        Issue.record("nothing arrived in 20 minutes")
        return Message([])
    }

    /// Sends until a peer is connected.
    func sendFromDealer(_ bytes: [UInt8]) throws {
        for _ in 0..<120_000 {
            if try dealer.send(Message(bytes)) == .sent { return }
            _ = try Poller.wait(control: router, bulk: spare, doorbell: doorbell, atMost: .milliseconds(10))
        }
        Issue.record("nobody to send to in 20 minutes")
    }
}
