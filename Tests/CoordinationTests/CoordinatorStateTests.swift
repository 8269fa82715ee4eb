import Contract
import Testing

@testable import Coordination

@Suite struct CoordinatorStateTests {
    private let first = Peer([1])
    private let second = Peer([2])
    private let third = Peer([3])
    private let round = Round(step: 5, kind: .training)

    private func deskWithTwo() -> (Desk, CoordinatorMessage.Lease, CoordinatorMessage.Lease) {
        var desk = Desk()
        _ = desk.join(first)
        _ = desk.join(second)
        let actions = desk.handle(.begin(round))
        return (desk, actions.leases(of: first)[0], actions.leases(of: second)[0])
    }

    @Test func twoWorkersDeliverExactlyTwoPartials() {
        var (desk, left, right) = deskWithTwo()
        #expect([left.node, right.node] == [2, 3])
        #expect(!desk.deliver(left, from: first).isFinished)
        let actions = desk.deliver(right, from: second)
        #expect(
            actions.suffix(4) == [
                .sums(.commit(lease: right.identifier, node: 3)), .sums(.fold(node: 1)),
                .note(.finished(RoundReport(round: round, partials: 2, moves: 0, workers: 2))),
                .run(.finished(RoundReport(round: round, partials: 2, moves: 0, workers: 2))),
            ])
    }

    @Test func parametersAreSentOnceAStepToEachWorkerThatComputes() {
        var desk = Desk()
        _ = desk.join(first)
        func parameterBytes(_ actions: [CoordinatorAction]) -> Int {
            actions.reduce(0) { if case .transfer(.parameters(_, _, let bytes, _), _) = $1 { $0 + bytes } else { $0 } }
        }
        #expect(parameterBytes(desk.handle(.begin(Round(step: 0, kind: .evaluation)))) == 40)
        #expect(parameterBytes(desk.handle(.begin(Round(step: 0, kind: .training)))) == 0)
    }

    @Test func aSilentWorkersNodeMovesAndTheLogSaysSo() {
        var (desk, left, right) = deskWithTwo()
        desk.now = .seconds(4)
        _ = desk.deliver(right, from: second)
        desk.now = .milliseconds(5_500)
        let actions = desk.handle(.tick)
        #expect(actions.notices.contains("step 6: node 2 moved from worker-1 to worker-2 (silent for 5.5 s)"))
        let moved = actions.leases(of: second)
        #expect(moved.map(\.node) == [2])
        #expect(moved[0].identifier != left.identifier)
        #expect(desk.deliver(moved[0], from: second).isFinished)
    }

    @Test func aBrokenConnectionMovesNodesAtOnce() {
        var desk = Desk(shards: 8)
        for peer in [first, second, third] { _ = desk.join(peer) }
        let nodes = desk.handle(.begin(round)).leases(of: first).map(\.node)
        #expect(nodes == [4, 14])
        let actions = desk.handle(.undeliverable(first))
        #expect(actions.leases(of: second).map(\.node) == [4])
        #expect(actions.leases(of: third).map(\.node) == [14])
        #expect(actions.notices.count { $0.contains("moved from worker-1 to") } == 2)
        #expect(actions.notices[0] == "worker-1 is gone (connection lost; workers: 2)")
    }

    @Test func aPartialCountsOnlyWhenAllItsChunksCameFromItsHolder() {
        var (desk, left, right) = deskWithTwo()
        func chunk(_ lease: CoordinatorMessage.Lease, _ offset: Int, _ bytes: Int) -> WorkerMessage {
            .partial(.init(round: round, lease: lease.identifier, node: lease.node, offset: offset, bytes: bytes))
        }
        #expect(desk.say(chunk(left, 0, 16), from: second, step: 5).commits.isEmpty)
        #expect(desk.say(chunk(left, 0, 16), from: first, step: 4).commits.isEmpty)
        for (offset, bytes) in [(0, 24), (0, 12), (0, 20), (4, 16), (16, 8), (32, 4), (20, 0)] {
            #expect(desk.say(chunk(left, offset, bytes), from: first, step: 5).commits.isEmpty)
        }
        #expect(desk.state.counters.strayChunks == 9)
        #expect(desk.say(chunk(left, 16, 4), from: first, step: 5).commits.isEmpty, "the last one may come first")
        #expect(desk.say(chunk(left, 16, 4), from: first, step: 5).commits.isEmpty)
        #expect(desk.state.counters.strayChunks == 10)
        #expect(desk.say(chunk(left, 0, 16), from: first, step: 5).commits == [2])
        #expect(desk.say(chunk(left, 0, 16), from: first, step: 5).commits.isEmpty)
        #expect(desk.deliver(right, from: second).isFinished)
    }

    /// Where nobody else is on time.
    @Test func aNodeThatComesBackToItsWorkerHasNotMoved() {
        var desk = Desk()
        _ = desk.join(first)
        _ = desk.handle(.begin(round))
        desk.now = .seconds(121)
        _ = desk.say(.heartbeat(busy: 1), from: first)
        #expect(
            desk.handle(.tick).notices == [
                "step 6: node 1 leased to worker-1 once more (missed its deadline after 121.0 s)"
            ])
    }

    @Test func pastItsDeadlineANodeMovesAndTheFirstResultCounts() {
        var (desk, left, right) = deskWithTwo()
        _ = desk.deliver(right, from: second)
        desk.now = .seconds(121)
        for peer in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
        let actions = desk.handle(.tick)
        #expect(
            actions.notices == [
                "step 6: node 2 moved from worker-1 to worker-2 (missed its deadline after 121.0 s)"
            ])
        let moved = actions.leases(of: second)[0]
        let result = desk.deliver(left, from: first)
        #expect(result.isFinished)
        #expect(result.contains(.sums(.hashNode(round, node: 2))))
        _ = desk.handle(.nodeDigest(round, node: 2, [1]))
        _ = desk.handle(.begin(Round(step: 6, kind: .training)))
        #expect(desk.deliver(moved, from: second).contains(.sums(.hashLease(round, lease: moved.identifier))))
        #expect(
            desk.handle(.leaseDigest(round, lease: moved.identifier, [1])).notices
                == ["step 6: the late result of worker-2 for node 2 agrees with the committed one"])
        #expect(desk.state.counters.mismatches == 0)
    }

    /// Data that moves extends a deadline; news of data that did not move must not.
    @Test func whoSaysThatItTookNothingOrSendsWhatNobodyWantsMissesItsDeadline() {
        var (desk, left, right) = deskWithTwo()
        _ = desk.deliver(right, from: second)
        let stray = WorkerMessage.PartialChunk(round: round, lease: left.identifier, node: 99, offset: 0, bytes: 16)
        for tenths in [1_198, 1_202, 1_206] {
            desk.now = .milliseconds(100 * tenths)
            for peer in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
            _ = desk.say(.credit(bytes: 0), from: first)
            _ = desk.say(.partial(stray), from: first, step: 5)
        }
        let moves = desk.handle(.tick).notices.filter { $0.contains("node 2 moved from worker-1") }
        #expect(moves.count == 1)
    }

    @Test func dataThatMovesExtendsADeadlineButNotForEver() {
        let (idle, left, right) = deskWithTwo()
        var begun = idle
        _ = begun.deliver(right, from: second)
        let chunk = WorkerMessage.PartialChunk(
            round: round, lease: left.identifier, node: left.node, offset: 0, bytes: 16)
        func isMoved(receivedAt seconds: Double) -> Bool {
            var desk = begun
            desk.now = .seconds(seconds)
            for peer in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
            _ = desk.say(.partial(chunk), from: first, step: 5)
            desk.now += .milliseconds(400)
            return desk.handle(.tick).notices.contains { $0.contains("node 2 moved from worker-1") }
        }
        #expect(!isMoved(receivedAt: 119.9))
        #expect(isMoved(receivedAt: 599.9))
    }

    @Test func aWorkersFirstResultOfAKindHasTimeForWhatItCompiles() {
        var (desk, left, right) = deskWithTwo()
        desk.now = .milliseconds(10)
        for (lease, peer) in [(left, first), (right, second)] { _ = desk.deliver(lease, from: peer) }
        _ = desk.join(third)
        let next = desk.handle(.begin(Round(step: 6, kind: .training)))
        #expect(!next.leases(of: third).isEmpty)
        var late: [String] = []
        for _ in 0..<60 {
            desk.now += .milliseconds(100)
            for peer in [first, second, third] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
            late += desk.handle(.tick).notices.filter { $0.contains("missed its deadline") }.map { "\(desk.now) \($0)" }
        }
        let ofThird = late.first { $0.contains("from worker-3") }
        #expect(late.first?.hasPrefix("0.6") == true && ofThird?.hasPrefix("5.1") == true, "\(late)")
    }

    @Test func aWholeResultReplacesItsChildrens() {
        var desk = Desk(shards: 4)
        for peer in [first, second] { _ = desk.join(peer) }
        let lease = desk.handle(.begin(round)).leases(of: first)[0]
        _ = desk.join(third)
        desk.now = .seconds(121)
        for peer in [first, second, third] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
        let actions = desk.handle(.tick)
        let half = actions.leases(of: third).first { $0.node == 4 || $0.node == 5 }
        guard let half else { return }
        #expect(desk.deliver(half, from: third).commits == [half.node])
        let result = desk.deliver(lease, from: first)
        #expect(result.contains(.sums(.discard(node: half.node))))
        #expect(result.commits == [2])
    }

    @Test func aJoinerGetsWorkAtTheNextStep() {
        var (desk, left, right) = deskWithTwo()
        #expect(desk.join(third).leases(of: third).isEmpty)
        _ = desk.deliver(left, from: first)
        _ = desk.deliver(right, from: second)
        #expect(!desk.handle(.begin(Round(step: 6, kind: .training))).leases(of: third).isEmpty)
    }

    @Test func withoutWorkersItWaitsAndSaysSo() {
        var desk = Desk()
        #expect(desk.handle(.begin(round)).notices == ["waiting for workers: none is connected"])
        desk.now = .seconds(61)
        #expect(
            desk.handle(.tick).notices == [
                "waiting for workers: none has been connected for 61 s; start one with tributary worker"
            ])
        #expect(desk.join(first).leases(of: first).map(\.node) == [1])
    }

    @Test func withoutWorkersItDoesNotWaitForEver() {
        var desk = Desk()
        _ = desk.handle(.begin(round))
        desk.now = .seconds(3_600)
        #expect(!desk.handle(.tick).contains { if case .run(.abandon) = $0 { true } else { false } })
        desk.now = .seconds(3_601)
        #expect(
            desk.handle(.tick).contains(
                .run(.abandon("no worker has been connected for 3601 s: start one and resume the run"))))
    }

    @Test func moreWorkersThanShardsAreIdleAndTheLogSaysSoOnce() {
        var desk = Desk(shards: 2)
        for peer in [first, second, third] { _ = desk.join(peer) }
        #expect(desk.handle(.begin(Round(step: round.step, kind: .evaluation))).notices.isEmpty)
        #expect(
            desk.handle(.begin(round)).notices == ["worker-3 idle: 2 shards do not keep more threads busy"])
        #expect(desk.handle(.begin(Round(step: 6, kind: .training))).notices.isEmpty)
    }

    @Test func aWorkerOfFewThreadsBesideOneOfManyIsIdleTooAndNamed() {
        var desk = Desk()
        _ = desk.join(first, threads: 16)
        _ = desk.join(second)
        #expect(desk.handle(.begin(round)).notices == ["worker-2 idle: 4 shards do not keep more threads busy"])
    }

    @Test func anotherProbeIsRefusedInOneSentence() {
        var desk = Desk()
        _ = desk.handle(.received(Envelope(.hello(Samples.hello("")), fence: .outside), from: first))
        let actions = desk.say(.ready(probe: "other"), from: first)
        guard case .send(.refused(let reason), _, first) = actions.first else {
            Issue.record("expected a refusal, got \(actions)")
            return
        }
        #expect(reason.contains("its probe gives other where the contract has probe"))
        #expect(desk.state.activeWorkers == 0)
    }

    @Test func messagesOfAnotherRunOrEpochAreDroppedAndHeartbeatsAnswered() {
        var (desk, left, _) = deskWithTwo()
        var fence = Samples.fence
        fence.epoch = 2
        let chunk = WorkerMessage.PartialChunk(round: round, lease: left.identifier, node: 2, offset: 0, bytes: 16)
        #expect(desk.handle(.received(Envelope(.partial(chunk), fence: fence), from: first)).isEmpty)
        #expect(
            desk.handle(.received(Envelope(.heartbeat(busy: 0), fence: fence), from: third))
                == [.send(.stranger, step: 5, to: third)])
        #expect(desk.state.counters.strangers == 2)
    }

    @Test func namesAreUniqueAndPrintable() {
        var desk = Desk()
        #expect(desk.join(first, name: "a\u{1B}[31m").notices[0].hasPrefix("a[31m joined (process 1 on host"))
        #expect(desk.join(second, name: "a[31m").notices[0].hasPrefix("worker-1 joined"))
    }

    @Test func pixelsBeyondTheDataAreNotAskedFor() {
        var desk = Desk()
        _ = desk.join(first)
        let wanted = WorkerMessage.RowsWanted(split: .validation, purpose: .microbatch, examples: [21])
        #expect(desk.say(.rowsWanted(wanted), from: first).isEmpty)
        #expect(desk.state.counters.malformed == 1)
    }

    @Test func aWorkerOfAnotherVersionIsToldAndTheLogSaysSoOnce() {
        var desk = Desk()
        let refusal =
            "the peer speaks protocol version 9, this program speaks \(Header.version); use the same Tributary"
        #expect(
            desk.handle(.malformed(.version(9), from: first)) == [
                .send(.refused(refusal), step: 0, to: first), .note(.dropped("what a worker says: \(refusal)")),
            ])
        #expect(desk.handle(.malformed(.version(9), from: second)) == [.send(.refused(refusal), step: 0, to: second)])
        #expect(desk.handle(.malformed(.foreign, from: second)).isEmpty)
    }

    @Test func aWorkerThatDoesNotGetReadyIsForgotten() {
        var desk = Desk()
        _ = desk.handle(.received(Envelope(.hello(Samples.hello("")), fence: .outside), from: first))
        desk.now = .milliseconds(300_100)
        _ = desk.say(.heartbeat(busy: 0), from: first)
        #expect(desk.handle(.tick).notices == ["worker-1 is gone (not ready after 300.1 s; workers: 0)"])
    }

    @Test func aFailedWorkersNodesMove() {
        var (desk, _, _) = deskWithTwo()
        let actions = desk.say(.failed("no memory"), from: first)
        #expect(actions.notices[0] == "worker-1 is gone (failed: no memory; workers: 1)")
        let long = String(repeating: "no memory ", count: 20)
        #expect(desk.say(.failed(long + "\u{1b}"), from: second).notices[0].contains("failed: \(long); workers: 0"))
        #expect(actions.leases(of: second).map(\.node) == [2])
    }

    @Test func endingWaitsForAnswersButNotForEver() {
        var (desk, _, _) = deskWithTwo()
        #expect(desk.handle(.stop("done", .finished)).count == 2)
        #expect(desk.say(.leaving, from: first).isEmpty)
        #expect(desk.say(.leaving, from: second) == [.run(.stopped)])
        (desk, _, _) = deskWithTwo()
        _ = desk.handle(.stop("done", .finished))
        desk.now = .seconds(2)
        #expect(desk.handle(.tick) == [.run(.stopped)])
    }

    @Test func workersGetSharesAsTheirMeasuredSpeedsAsk() {
        var desk = Desk(shards: 8)
        for peer in [first, second] { _ = desk.join(peer) }
        for step in 0..<12 {
            let actions = desk.handle(.begin(Round(step: step, kind: .training)))
            for (peer, slowness) in [(first, 1), (second, 3)] {
                for lease in actions.leases(of: peer) {
                    desk.now += .seconds(slowness * desk.state.tree.shards(under: lease.node).count)
                    for other in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: other) }
                    _ = desk.deliver(lease, from: peer, leafTime: .seconds(slowness))
                }
            }
        }
        let shares = desk.handle(.begin(Round(step: 12, kind: .training)))
        let counts = [first, second].map { peer in
            shares.leases(of: peer).reduce(0) { $0 + desk.state.tree.shards(under: $1.node).count }
        }
        #expect(counts[0] > counts[1] && counts[1] > 0, "\(counts)")
    }

    /// Where a link is the bottleneck, one of two equal workers gets its parameters first, step after step. Were that taken for speed, it
    /// would get more shards, in more blocks, and each block is an upload.
    @Test func whatTravelsLongIsNotTakenForSlowAndEqualWorkersKeepOneBlockEach() {
        var desk = Desk(shards: 8)
        for peer in [first, second] { _ = desk.join(peer) }
        for step in 0..<20 {
            let actions = desk.handle(.begin(Round(step: step, kind: .training)))
            #expect([first, second].map { actions.leases(of: $0).map(\.node) } == [[2], [3]])
            for (peer, seconds) in [(first, 1), (second, 3)] {
                desk.now += .seconds(seconds)
                for other in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: other) }
                for lease in actions.leases(of: peer) {
                    _ = desk.deliver(lease, from: peer, leafTime: .milliseconds(20))
                }
            }
        }
    }

    /// It was stopped, or had other work beside, while it was measured. What it did then is forgotten after a while without work; where it still is as
    /// slow, later each time.
    @Test func whoWasSlowAndHasNoWorkIsMeasuredAnew() {
        var desk = Desk(shards: 4)
        for peer in [first, second] { _ = desk.join(peer) }
        var slowness = 50
        /// Rounds in which the second worker has work, of those of so many seconds.
        func busyRounds(seconds: Int, from step: Int) -> [Int] {
            (step..<step + seconds).filter { step in
                let actions = desk.handle(.begin(Round(step: step, kind: .training)))
                desk.now += .seconds(1)
                for (peer, slowness) in [(first, 1), (second, slowness)] {
                    _ = desk.say(.heartbeat(busy: 1), from: peer)
                    for lease in actions.leases(of: peer) {
                        _ = desk.deliver(lease, from: peer, leafTime: .milliseconds(20 * slowness))
                    }
                }
                return !actions.leases(of: second).isEmpty
            }
        }
        let first30 = busyRounds(seconds: 30, from: 0)
        #expect(first30.first == 0 && first30.count < 10, "\(first30)")
        let stillSlow = busyRounds(seconds: 90, from: 30)
        #expect(!stillSlow.isEmpty && stillSlow.count < 10, "\(stillSlow)")
        slowness = 1
        let last = busyRounds(seconds: 140, from: 120)
        #expect(last.suffix(20) == Array(240..<260), "\(last)")
    }

    @Test func aJoinMovesFewShardsAndALeaveBringsThemBack() {
        var desk = Desk(shards: 8)
        for peer in [first, second] { _ = desk.join(peer) }
        func owners(_ actions: [CoordinatorAction]) -> [Int: Peer] {
            var owners: [Int: Peer] = [:]
            for peer in [first, second, third] {
                for lease in actions.leases(of: peer) {
                    for shard in desk.state.tree.shards(under: lease.node) { owners[shard] = peer }
                }
            }
            return owners
        }
        let before = owners(desk.handle(.begin(round)))
        desk.state.current = nil
        _ = desk.join(third)
        let after = owners(desk.handle(.begin(Round(step: 6, kind: .training))))
        let moved = after.filter { before[$0.key] != $0.value }
        #expect(moved.count <= 3, "its share is two; a third one moves so that blocks stay large")
        desk.state.current = nil
        _ = desk.handle(.undeliverable(third))
        #expect(owners(desk.handle(.begin(Round(step: 7, kind: .training)))) == before)
    }
}
