import FaultyNetwork
import Glibc
import Testing

@testable import Messaging

@Suite struct SocketTests {
    @Test(arguments: Depth.allCases)
    func carriesFramesBothWays(_ depth: Depth) throws {
        let link = try Loopback(depth)
        try link.sendFromDealer([7, 8])
        #expect(try link.frames(of: link.router) == [[1, 2, 3], [7, 8]])
        #expect(try link.router.send(Message([1, 2, 3]), more: true) == .sent)
        #expect(try link.router.send(Message([]), more: true) == .sent)
        #expect(try link.router.send(Message([9])) == .sent)
        #expect(try link.frames(of: link.dealer) == [[], [9]])
    }

    @Test(arguments: Depth.allCases)
    func saysThatAPeerIsUnknown(_ depth: Depth) throws {
        let link = try Loopback(depth)
        #expect(try link.router.send(Message([4, 5, 6]), more: true) == .unreachable)
    }

    @Test(arguments: [Depth.ipc, .tcp])
    func saysThatAPeerIsGone(_ depth: Depth) throws {
        let link = try Loopback(depth)
        do {
            var options = SocketOptions()
            options.security = .insecure
            options.identity = [9]
            let guest = try Socket(.dealer, in: Context(), options: options)
            let other = try Loopback(depth)
            let endpoint = try other.folder.endpoint(depth)
            try link.router.listen(on: endpoint)
            try guest.connect(to: endpoint)
            while try guest.send(Message([1])) != .sent {}
            #expect(try link.frames(of: link.router) == [[9], [1]])
        }
        var outcome = Socket.Outcome.sent
        for _ in 0..<240_000 where outcome == .sent {
            outcome = try link.router.send(Message([9]), more: true)
            if outcome == .sent { _ = try link.router.send(Message([2])) }
            _ = try Poller.wait(
                control: link.router, bulk: link.spare, doorbell: link.doorbell, atMost: .milliseconds(5))
        }
        #expect(outcome == .unreachable)
    }

    /// As a worker's that is started before its coordinator, behind something that listens already.
    @Test func closingASocketWhoseHandshakesFailLeavesOthersAlone() throws {
        let link = try Loopback(.tcp)
        let port = LoopbackPort.free()
        let nowhere = try FaultyLink(from: port, to: 1)
        defer { nowhere.close() }
        for round in 0..<50 {
            let dealers = try (0..<16).map { _ in try Dealer(in: link.context, port: port) }
            usleep(UInt32(round * 100))
            _ = dealers.count
        }
        try link.sendFromDealer([7])
        #expect(try link.frames(of: link.router) == [[1, 2, 3], [7]])
    }

    @Test func saysWhichAddressIsTaken() throws {
        let folder = try TemporaryFolder()
        let endpoint = try folder.endpoint(.tcp)
        var options = SocketOptions()
        options.security = .insecure
        let first = try Socket(.router, in: Context(), options: options)
        try first.listen(on: endpoint)
        let second = try Socket(.router, in: Context(), options: options)
        do throws(MessagingError) {
            try second.listen(on: endpoint)
            Issue.record("two sockets listen on \(endpoint)")
        } catch {
            #expect(
                error.description
                    == "port in use: \(endpoint) is taken by another process; choose another with --listen")
        }
    }

    @Test func saysThatASocketPathIsTooLongOrHasNoFolder() throws {
        let socket = try Socket(.router, in: Context())
        for (path, code) in [
            (String(repeating: "x", count: 200), MessagingError.Code.pathTooLong), ("no/such/folder", .noSuchFolder),
        ] {
            do throws(MessagingError) {
                try socket.listen(on: Endpoint("ipc:///tmp/\(path)"))
                Issue.record("listened on a path of \(path.count) bytes")
            } catch {
                #expect(error.code == code, "\(error)")
            }
        }
    }

    @Test func dealerKeepsNothingForACoordinatorThatIsNotThere() throws {
        let folder = try TemporaryFolder()
        let dealer = try Socket(.dealer, in: Context())
        try dealer.connect(to: folder.endpoint(.ipc))
        #expect(try dealer.send(Message([1])) == .full)
    }

    @Test(arguments: [Depth.ipc, .tcp])
    func dropsPeersThatSendTooMuch(_ depth: Depth) throws {
        var options = SocketOptions()
        options.maximumMessageBytes = 1_000
        let link = try Loopback(depth, options: options)
        try link.sendFromDealer([UInt8](repeating: 1, count: 1_001))
        var arrived: Message?
        for _ in 0..<240_000 where arrived == nil {  // the connection comes back, the message does not
            _ = try link.dealer.send(Message([5]))
            _ = try Poller.wait(
                control: link.router, bulk: link.spare, doorbell: link.doorbell, atMost: .milliseconds(5))
            arrived = try link.router.receive()
        }
        #expect(arrived?.bytes == [1, 2, 3])
        #expect(try link.router.receive()?.bytes == [5])
    }

    @Test func ringingWakesAWaitOnce() throws {
        let link = try Loopback(.inProcess)
        link.doorbell.ring()
        link.doorbell.ring()
        func wait() throws -> Poller.Ready {
            try Poller.wait(control: link.dealer, bulk: link.spare, doorbell: link.doorbell, atMost: .zero)
        }
        #expect(try wait() == Poller.Ready(control: false, bulk: false, doorbell: true))
        #expect(try wait() == Poller.Ready())
    }
}

/// A socket that is tried again every millisecond.
private final class Dealer {
    private let socket: Socket

    init(in context: Context, port: UInt16) throws {
        var options = SocketOptions()
        options.security = .insecure
        options.reconnectMilliseconds = 1...1
        var socket = try Socket(.dealer, in: context, options: options)
        try socket.watchConnection()
        try socket.connect(to: Endpoint("tcp://127.0.0.1:\(port)"))
        self.socket = socket
    }
}
