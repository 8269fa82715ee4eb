import Testing

@testable import Coordination

/// What is said more than once, and what ends that: only something that proves that it arrived. A row for each such message of
/// docs/protocol.md.
@Suite struct RepetitionTests {
    private let peer = Peer([1])

    // MARK: - Hello, until it is answered

    @Test func helloIsSaidUntilAWelcomeAnswersIt() {
        var bench = Bench()
        var hellos = bench.handle(.begin).messages.count
        for _ in 0..<40 {
            bench.now += .milliseconds(250)
            hellos += bench.handle(.tick).messages.count { if case .hello = $0 { true } else { false } }
        }
        #expect(hellos > 10)
        _ = bench.hear(.welcome(Bench.welcome))
        bench.now += .seconds(1)
        _ = bench.hear(.heartbeat)
        #expect(!bench.handle(.tick).messages.contains { if case .hello = $0 { true } else { false } })
    }

    @Test func everyHelloIsAnswered() {
        var desk = Desk()
        for _ in 0..<3 {
            let actions = desk.handle(.received(Envelope(.hello(Samples.hello("")), fence: .outside), from: peer))
            #expect(actions.contains { if case .send(.welcome, _, peer) = $0 { true } else { false } })
        }
    }

    // MARK: - Attach, until the worker is accepted

    private func attaches(_ actions: [WorkerAction]) -> Bool {
        actions.contains { if case .sendBulk(let envelope) = $0 { envelope.body == .attach } else { false } }
    }

    @Test func attachIsSaidUntilTheWorkerIsAccepted() {
        var bench = Bench()
        _ = bench.handle(.begin)
        #expect(attaches(bench.hear(.welcome(Bench.welcome))))
        func beat() -> Bool {
            bench.now += .milliseconds(250)
            _ = bench.hear(.heartbeat)
            return attaches(bench.handle(.tick))
        }
        for _ in 0..<8 { #expect(beat(), "while it prepares") }
        _ = bench.handle(.prepared(probe: "probe"))
        for _ in 0..<8 { #expect(beat(), "while nobody has accepted it") }
        _ = bench.hear(.accepted)
        #expect(!beat())
    }

    /// A handshake of the bulk link may outlast many heartbeats. Accepted before, a worker would stop saying *attach* and never be in.
    @Test func nobodyIsAcceptedBeforeBothLinksHaveSpoken() {
        var desk = Desk()
        func isAccepted(_ actions: [CoordinatorAction]) -> Bool {
            actions.contains { if case .send(.accepted, _, peer) = $0 { true } else { false } }
        }
        _ = desk.handle(.received(Envelope(.hello(Samples.hello("")), fence: .outside), from: peer))
        for _ in 0..<5 { #expect(!isAccepted(desk.say(.ready(probe: "probe"), from: peer))) }
        #expect(desk.state.activeWorkers == 0)
        #expect(isAccepted(desk.say(.attach, from: peer)))
        #expect(desk.state.activeWorkers == 1)
        #expect(!isAccepted(desk.say(.attach, from: peer)) && !isAccepted(desk.say(.ready(probe: "probe"), from: peer)))
    }

    @Test func aWorkerThatIsReadyAndNotAcceptedOpensItsLinksAnew() {
        var bench = Bench()
        var opened: [Duration] = []
        var sentences: [String] = []
        _ = bench.handle(.begin)
        while bench.now < .seconds(70) {
            if case .searching = bench.state.phase { _ = bench.hear(.welcome(Bench.welcome)) }
            if bench.state.phase == .preparing { _ = bench.handle(.prepared(probe: "probe")) }
            bench.now += .milliseconds(250)
            _ = bench.hear(.heartbeat)
            let actions = bench.handle(.tick)
            if actions.contains(.connect) { opened.append(bench.now) }
            sentences += actions.compactMap { if case .note(.searching(let sentence)) = $0 { sentence } else { nil } }
        }
        #expect(opened == [.milliseconds(5_250), .milliseconds(15_500), .milliseconds(35_750)])
        #expect(sentences.allSatisfy { $0.contains("bulk link: check that the second port") })
    }

    @Test func theLogSaysWhoIsNotInYetAndWhatIsMissing() {
        var desk = Desk()
        _ = desk.handle(.received(Envelope(.hello(Samples.hello("node")), fence: .outside), from: peer))
        func notices(after seconds: Int) -> [String] {
            desk.now += .seconds(seconds)
            _ = desk.say(.heartbeat(busy: 0), from: peer)
            return desk.handle(.tick).notices
        }
        #expect(notices(after: 4).isEmpty)
        #expect(
            notices(after: 1) == ["node on host was welcomed 5 s ago and still prepares: it has not sent its probe yet"]
        )
        _ = desk.say(.ready(probe: "probe"), from: peer)
        #expect(notices(after: 30).isEmpty)
        #expect(
            notices(after: 30) == [
                "node on host was welcomed 65 s ago and is ready, but nothing has come over its bulk link: check that it can "
                    + "reach the second port, which is one higher than the first"
            ])
        _ = desk.say(.attach, from: peer)
        #expect(notices(after: 120).isEmpty)
    }

    // MARK: - Leases, whose deadlines are their repetition

    @Test func aLeaversWorkMovesAtOnce() {
        var desk = Desk()
        let second = Peer([2])
        for peer in [peer, second] { _ = desk.join(peer) }
        let node = desk.handle(.begin(Round(step: 5, kind: .training))).leases(of: peer).map(\.node)
        #expect(desk.say(.leaving, from: peer).leases(of: second).map(\.node) == node)
        #expect(desk.state.orphanedShards == [])
    }

    @Test func whoTakesNothingOffItsBulkLinkIsForgotten() {
        var desk = Desk(stall: .seconds(60))
        _ = desk.join(peer)
        _ = desk.handle(.begin(Round(step: 5, kind: .training)))
        var gone: String?
        while gone == nil, desk.now < .seconds(100) {
            desk.now += .milliseconds(250)
            _ = desk.say(.heartbeat(busy: 1), from: peer)
            gone = desk.handle(.tick).notices.first { $0.contains("is gone") }
        }
        #expect(gone == "worker-1 is gone (took nothing off its bulk link for 60.3 s; workers: 0)")
    }

    /// Its pixels are counted as sent while the coordinator still reads them.
    @Test func whoWaitsForWhatIsReadHereIsNotToBlame() {
        var desk = Desk(stall: .seconds(60))
        _ = desk.join(peer)
        _ = desk.handle(.begin(Round(step: 5, kind: .training)))
        var gone: Duration?
        while gone == nil, desk.now < .seconds(200) {
            desk.now += .milliseconds(250)
            _ = desk.say(.heartbeat(busy: 1), from: peer)
            if desk.now < .seconds(100) { _ = desk.handle(.reading(for: peer)) }
            if desk.handle(.tick).notices.contains(where: { $0.contains("is gone") }) { gone = desk.now }
        }
        #expect(gone == .seconds(160))
    }

    // MARK: - Goodbye, until the worker has left

    @Test func whoSaysHelloDuringTheGoodbyeIsToldAgain() {
        var desk = Desk()
        _ = desk.join(peer)
        _ = desk.handle(.stop("done", .finished))
        for _ in 0..<2 {
            let actions = desk.handle(.received(Envelope(.hello(Samples.hello("")), fence: .outside), from: Peer([2])))
            #expect(actions == [.send(.goodbye("done", .finished), step: 0, to: Peer([2]))])
        }
    }
}
