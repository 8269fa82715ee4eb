import FaultyNetwork
import Synchronization
import Testing

@testable import Messaging

@Suite struct SecurityTests {
    // MARK: - Keys

    @Test func keysAreReadBackFromTheirText() throws {
        let key = try KeyPair.random()
        #expect(SecretKey(key.exposed)?.publicKey == key.publicKey)
        #expect(PublicKey(key.publicKey.description) == key.publicKey)
        #expect(try KeyPair.random().exposed != key.exposed)
    }

    @Test(arguments: [
        "", "short", String(repeating: "x", count: 39), String(repeating: "x", count: 41),
        String(repeating: "~", count: 40), String(repeating: "é", count: 20), String(repeating: " ", count: 40),
        String(repeating: "\0", count: 40),
    ])
    func whatIsNoKeyIsNone(_ text: String) {
        #expect(PublicKey(text) == nil)
        #expect(SecretKey(text) == nil)
    }

    // MARK: - Who comes in

    @Test func anAllowedPeerIsHeardUnderItsKeyWithEveryMessage() throws {
        let door = try Door()
        try door.listen()
        let first = try door.dealer(door.friend, identity: [1])
        let second = try door.dealer(door.other, identity: [2])
        for round in 0..<20 as Range<UInt8> {
            try door.send([round], from: first)
            var message = try door.next()
            #expect(message.frames == [[1], [round]])
            #expect(message.sender == door.friend.publicKey)
            try door.send([round], from: second)
            message = try door.next()
            #expect(message.frames == [[2], [round]])
            #expect(message.sender == door.other.publicKey)
        }
    }

    @Test func aPeerWhoseKeyIsNotAllowedGetsNothingIn() throws {
        let door = try Door()
        try door.listen()
        let stranger = try KeyPair.random()
        for _ in 0..<3 {
            let dealer = try door.dealer(stranger, identity: [9])
            #expect(try door.handshakeFailure(of: dealer) == .refused)
        }
        #expect(door.refusals.withLock { $0 } == [PublicKey](repeating: stranger.publicKey, count: 3))
        try door.expectToHearAFriend()
    }

    @Test func aPeerThatExpectsAnotherCoordinatorGetsNothingInAndSaysNothingToIt() throws {
        let door = try Door()
        try door.listen()
        let dealer = try door.dealer(door.friend, identity: [9], server: try KeyPair.random().publicKey)
        for _ in 0..<3 { #expect(try door.handshakeFailure(of: dealer) == .unproven) }
        try door.expectToHearAFriend()
    }

    @Test func whoHasNoKeysLearnsThatTheyAreWanted() throws {
        let door = try Door()
        try door.listen()
        var options = SocketOptions()
        options.security = .insecure
        options.identity = [9]
        var dealer = try Socket(.dealer, in: Context(), options: options)
        try dealer.watchConnection()
        try dealer.connect(to: door.endpoint)
        var failure = try door.handshakeFailure(of: dealer)
        // Where the listener hangs up first that is all one learns; the next connection tells more.
        while failure == .unproven { failure = try door.handshakeFailure(of: dealer) }
        #expect(failure == .otherMechanism)
        try door.expectToHearAFriend()
    }

    @Test func whoHasKeysLearnsThatNoneAreUsed() throws {
        let (door, context) = (try Door(), try Context())
        var options = SocketOptions()
        options.security = .insecure
        let open = try Socket(.router, in: context, options: options)
        try open.listen(on: door.endpoint)
        let dealer = try door.dealer(door.friend, identity: [9])
        var failure = try door.handshakeFailure(of: dealer)
        while failure == .unproven { failure = try door.handshakeFailure(of: dealer) }
        #expect(failure == .otherMechanism)
        let heard = try open.receive()?.count
        #expect(heard == nil)
    }

    /// A message of ZMTP 1.0 and 2.0, and of 3.0 without security, behind the greeting that goes with each.
    @Test(arguments: RawGreeting.allCases)
    func aPeerWithoutCurveIsDisconnected(_ greeting: RawGreeting) throws {
        let door = try Door(handshakeMilliseconds: 500)
        try door.listen()
        let peer = try #require(RawPeer(port: door.port))
        peer.send(greeting.bytes)
        #expect(peer.waitUntilClosed())
        #expect(try door.router.receive() == nil)
        try door.expectToHearAFriend()
    }

    @Test func aPeerThatNeverFinishesItsGreetingHoldsNobodyUpAndIsDisconnected() throws {
        let door = try Door(handshakeMilliseconds: 500)
        try door.listen()
        let peers = try (0..<50).map { index in
            let peer = try #require(RawPeer(port: door.port))
            peer.send(Array(RawGreeting.curve.bytes.prefix(index)))
            return peer
        }
        try door.expectToHearAFriend()
        for peer in peers { #expect(peer.waitUntilClosed()) }
    }

    /// No connection ends because of its time here, so only their number closes any.
    @Test func strangersInAnyNumberHoldFewConnectionsAndKeepNobodyOut() throws {
        let door = try Door { ($0.silent, $0.patience) = (256, .seconds(1200)) }
        try door.listen()
        let strangers = try (0..<400).map { _ in try #require(RawPeer(port: door.port)) }
        #expect(strangers.prefix(strangers.count - 256).allSatisfy { $0.waitUntilClosed() })
        try door.expectToHearAFriend()
    }

    /// It says something over each, so that none is silent.
    @Test func aKeyWithManyConnectionsKeepsNobodyOut() throws {
        let door = try Door { $0.connections = 12 }
        try door.listen()
        var greedy = try (0..<12).map { try door.patientPeer(door.friend, identity: [9, $0]) }
        let other = try door.patientPeer(door.other, identity: [2])
        greedy += try (12..<18).map { try door.patientPeer(door.friend, identity: [9, $0]) }
        try door.send([5], from: other.socket)
        #expect(try door.next().frames == [[2], [5]])
        withExtendedLifetime(greedy) {}
    }

    /// Frames that each announce another: libzmq keeps them all until the last, which never comes.
    @Test func aMessageWithoutEndEndsItsConnection() throws {
        let port = LoopbackPort.free()
        var options = SocketOptions()
        options.security = .insecure
        options.maximumMessageBytes = 1 << 20
        var router = try Socket(.router, in: Context(), options: options)
        try router.limitConnections()
        try router.listen(on: Endpoint("tcp://127.0.0.1:\(port)"))
        let peer = try #require(RawPeer(port: port))
        peer.send(RawGreeting.zmtp3.bytes.dropLast(3))
        #expect(
            peer.wait(forBytes: 65), "the handshake is over when the answer's first byte behind the greeting is here")
        let frame = [3, 0, 0, 0, 0, 0, 0x0F, 0xFF, 0xF0] + [UInt8](repeating: 7, count: 0x0FFFF0)
        let limit = ConnectionTable.Limits(options).undelivered >> 20
        var frames = 0
        while frames < 2 * limit, peer.send(frame) { frames += 1 }
        let doorbell = try Doorbell()
        var isClosed = false
        for _ in 0..<240_000 where !isClosed {
            #expect(try router.receive() == nil)
            try Poller.wait(for: router, doorbell, atMost: .milliseconds(5))
            isClosed = peer.isClosed
        }
        #expect(isClosed && frames >= limit, "\(frames) MiB were taken")
    }

    @Test func withoutADoorkeeperNobodyComesIn() throws {
        let door = try Door()
        door.keeper = nil
        let context = try Context()
        let router = try Socket(.router, in: context, options: door.serverOptions)
        try router.listen(on: door.endpoint)
        let dealer = try door.dealer(door.friend, identity: [1])
        for _ in 0..<100 {
            #expect(try dealer.send(Message([6])) == .full)
            _ = try Poller.wait(control: router, bulk: dealer, doorbell: door.doorbell, atMost: .milliseconds(5))
            #expect(try router.receive() == nil)
        }
    }

    // MARK: - The doorkeeper's answers

    @Test func aQuestionThatIsNoneIsRefused() {
        let good: [[UInt8]] = [
            Array("1.0".utf8), [7], Doorkeeper.domain, Array("::1".utf8), [1, 2], Array("CURVE".utf8),
            [UInt8](repeating: 5, count: 32),
        ]
        func status(_ question: [[UInt8]]) -> String {
            String(decoding: AdmissionReply(to: question) { _ in true }.frames[2], as: UTF8.self)
        }
        #expect(status(good) == "200")
        #expect(status([]) == "400")
        #expect(status(good + [[]]) == "400")
        for index in [0, 2, 5, 6] {
            var question = good
            question[index].removeLast()
            #expect(status(question) == "400", "frame \(index)")
        }
        for count in 0..<7 { #expect(status(Array(good.prefix(count))) == "400") }
        #expect(String(decoding: AdmissionReply(to: good) { _ in false }.frames[2], as: UTF8.self) == "400")
    }
}

/// What a peer without CURVE says: a greeting, and a message of one byte where that follows at once.
enum RawGreeting: CaseIterable {
    case zmtp1
    case zmtp2
    case zmtp3
    case plain
    case junk
    /// The beginning of a good one.
    case curve

    static var allCases: [RawGreeting] { [.zmtp1, .zmtp2, .zmtp3, .plain, .junk] }

    var bytes: [UInt8] {
        let signature: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F]
        switch self {
        case .zmtp1: return [2, 0, 9] + [2, 0, 6]
        case .zmtp2: return signature + [1, 5] + [0, 1, 9] + [0, 1, 6]
        case .zmtp3: return signature + version3("NULL") + ready + [0, 1, 6]
        case .plain:
            return signature + version3("PLAIN") + [4, 9] + Array("\u{5}HELLO".utf8) + [1, 97, 1] + [0, 1, 6]
        case .junk: return (0..<4_096).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        case .curve: return signature + version3("CURVE")
        }
    }

    private func version3(_ mechanism: String) -> [UInt8] {
        let name = Array(mechanism.utf8)
        return [3, 0] + name + [UInt8](repeating: 0, count: 20 - name.count + 32)
    }

    private var ready: [UInt8] {
        let body = Array("\u{5}READY\u{B}Socket-Type".utf8) + [0, 0, 0, 6] + Array("DEALER".utf8)
        return [4, UInt8(body.count)] + body
    }
}

/// A socket that an array can hold.
private final class Peer {
    let socket: Socket

    init(_ socket: consuming Socket) {
        self.socket = socket
    }
}

/// A listener with two allowed peers.
private final class Door {
    let friend: SecretKey
    let other: SecretKey
    let port = LoopbackPort.free()
    let doorbell: Doorbell
    let refusals: Refusals
    let router: Socket
    let serverOptions: SocketOptions
    var keeper: Doorkeeper?
    private let key: SecretKey

    final class Refusals: Sendable {
        private let keys = Mutex<[PublicKey]>([])

        func withLock<Result>(_ body: (inout [PublicKey]) -> Result) -> Result {
            keys.withLock { keys in body(&keys) }
        }
    }

    /// - Parameter handshakeMilliseconds: By default as long as a busy machine may take; less where nothing else ends a connection.
    init(
        handshakeMilliseconds: Int = 1_200_000, limit: (inout ConnectionTable.Limits) -> Void = { _ in }
    ) throws {
        key = try KeyPair.random()
        let (friend, other) = (try KeyPair.random(), try KeyPair.random())
        let refusals = Refusals()
        let context = try Context()
        var options = SocketOptions()
        options.security = .server(key)
        options.handshakeMilliseconds = handshakeMilliseconds
        keeper = try Doorkeeper(in: context) { key in
            if key == friend.publicKey || key == other.publicKey { return true }
            refusals.withLock { $0.append(key) }
            return false
        }
        var router = try Socket(.router, in: context, options: options)
        var limits = ConnectionTable.Limits(options)
        limit(&limits)
        try router.limitConnections(limits)
        self.router = router
        doorbell = try Doorbell()
        serverOptions = options
        (self.friend, self.other, self.refusals) = (friend, other, refusals)
    }

    var endpoint: Endpoint { get throws { try Endpoint("tcp://127.0.0.1:\(port)") } }

    func listen() throws {
        try router.listen(on: endpoint)
    }

    /// What a dealer learns about its connection, which tries to send all the while; nothing must come out of the listener.
    func handshakeFailure(of dealer: borrowing Socket) throws -> ConnectionFailure? {
        for _ in 0..<240_000 {
            #expect(try dealer.send(Message([6])) == .full)
            #expect(try wait() == nil)
            if let failure = try dealer.nextConnectionFailure(), failure != .lost { return failure }
        }
        return nil
    }

    func dealer(
        _ key: SecretKey, identity: [UInt8], server: PublicKey? = nil,
        reconnectMilliseconds: ClosedRange<Int> = 5...10
    ) throws -> Socket {
        var options = SocketOptions()
        options.identity = identity
        options.security = .client(key, server: server ?? self.key.publicKey)
        options.reconnectMilliseconds = reconnectMilliseconds
        var dealer = try Socket(.dealer, in: Context(), options: options)
        try dealer.watchConnection()
        try dealer.connect(to: endpoint)
        return dealer
    }

    /// One that was heard, and does not come again at once when its connection is ended.
    func patientPeer(_ key: SecretKey, identity: [UInt8]) throws -> Peer {
        let peer = Peer(try dealer(key, identity: identity, reconnectMilliseconds: 60_000...60_000))
        try send([1], from: peer.socket)
        try #require(try next().frames == [identity, [1]])
        return peer
    }

    func send(_ bytes: [UInt8], from dealer: borrowing Socket) throws {
        for _ in 0..<240_000 {
            if try dealer.send(Message(bytes)) == .sent { return }
            _ = try Poller.wait(control: router, bulk: dealer, doorbell: doorbell, atMost: .milliseconds(5))
        }
        Issue.record("an allowed peer did not get in within 20 minutes")
    }

    /// A frame that came within 5 ms.
    func wait() throws -> [UInt8]? {
        try Poller.wait(for: router, doorbell, atMost: .milliseconds(5))
        return try router.receive()?.bytes
    }

    func next() throws -> (frames: [[UInt8]], sender: PublicKey?) {
        var frames: [[UInt8]] = []
        for _ in 0..<240_000 {
            while let frame = try router.receive() {
                frames.append(frame.bytes)
                if !frame.hasMore { return (frames, frame.sender) }
            }
            try Poller.wait(for: router, doorbell, atMost: .milliseconds(5))
        }
        Issue.record("nothing came in 20 minutes")
        return ([], nil)
    }

    /// The first thing that is heard at all is what an allowed peer says now.
    func expectToHearAFriend() throws {
        let dealer = try dealer(friend, identity: [1])
        try send([5], from: dealer)
        let message = try next()
        #expect(message.frames == [[1], [5]])
        #expect(message.sender == friend.publicKey)
    }
}
