import Contract
import Foundation
import Testing

@testable import Coordination

/// Work that two workers did, and what happens when their sums differ.
@Suite struct CheckTests {
    private let first = Peer([1])
    private let second = Peer([2])
    private let third = Peer([3])
    private let round = Round(step: 5, kind: .training)

    /// Three workers, and the one node given to the first and, by the key, to the second; answers who holds which leases.
    private func auditedDesk() -> (Desk, [Peer: [CoordinatorMessage.Lease]]) {
        (0..<64 as Range<UInt64>).lazy.map { auditedDesk(key: $0) }.first { $0.1[second]?.isEmpty == false }!
    }

    private func auditedDesk(key: UInt64) -> (Desk, [Peer: [CoordinatorMessage.Lease]]) {
        var desk = Desk(shards: 1, audit: 1, auditKey: key)
        for peer in [first, second, third] { _ = desk.join(peer) }
        let actions = desk.handle(.begin(round))
        return (
            desk, Dictionary(uniqueKeysWithValues: [first, second, third].map { ($0, actions.leases(of: $0)) })
        )
    }

    /// Delivers a lease and reports the digest of whatever is to be hashed.
    private func deliver(
        _ lease: CoordinatorMessage.Lease, from peer: Peer, digest: UInt8, to desk: inout Desk
    ) -> [CoordinatorAction] {
        var actions = desk.deliver(lease, from: peer)
        for hash in actions.hashes {
            switch hash {
            case .sums(.hashNode(let round, let node)): actions += desk.handle(.nodeDigest(round, node: node, [digest]))
            case .sums(.hashLease(let round, let lease)):
                actions += desk.handle(.leaseDigest(round, lease: lease, [digest]))
            default: break
            }
        }
        return actions
    }

    // MARK: - Audits

    @Test func anAuditedNodeIsComputedByTwoAndTheRoundWaitsForBoth() {
        var (desk, leases) = auditedDesk()
        let primary = leases[first]![0]
        let audit = leases[second]![0]
        #expect(leases[third]!.isEmpty)
        #expect(!primary.isCheck && audit.isCheck && audit.node == primary.node)
        #expect(!deliver(primary, from: first, digest: 1, to: &desk).isFinished)
        #expect(deliver(audit, from: second, digest: 1, to: &desk).isFinished)
        #expect(desk.state.counters.compared == 1 && desk.state.counters.mismatches == 0)
    }

    /// Neither of the two is late, though the one that checks was quicker.
    @Test func whoeverIsSecondOfTwoIsNotLate() {
        var (desk, leases) = auditedDesk()
        _ = deliver(leases[second]![0], from: second, digest: 1, to: &desk)
        let actions = deliver(leases[first]![0], from: first, digest: 1, to: &desk)
        let isSaid = actions.notices.contains { $0.contains("the second result of worker-1 for node") }
        #expect(isSaid, "\(actions.notices)")
    }

    @Test func theShareOfAuditedLeavesIsTheOneAskedFor() {
        var desk = Desk(shards: 8, audit: 0.2)
        for peer in [first, second] { _ = desk.join(peer) }
        var audited = 0
        for step in 0..<400 {
            let actions = desk.handle(.begin(Round(step: step, kind: .training)))
            audited += 4 * (actions.leases(of: first) + actions.leases(of: second)).count(where: \.isCheck)
            desk.state.current = nil
        }
        #expect((500...780).contains(audited), "\(audited) of 3200 leaves, where 640 are expected")
    }

    /// Three workers and a liar that returns so many wrong sums, one a step; another may tell the same lies when it is asked.
    @Test(arguments: [(0.01, 20, false), (0.05, 20, false), (0.05, 40, true), (0.3, 4, false), (0.3, 4, true)])
    func aLiarIsCaughtAsOftenAsTheThreatModelSays(share: Double, lies: Int, hasAccomplice: Bool) {
        let runs = 1_500
        let caught = (0..<runs).count { isCaught(key: UInt64($0), share, lies, hasAccomplice) }
        let honest = hasAccomplice ? 2.0 / 3 : 1
        let expected = 1 - pow(1 - share * honest, Double(lies))
        let deviation = (expected * (1 - expected) / Double(runs)).squareRoot()
        let measured = Double(caught) / Double(runs)
        #expect(abs(measured - expected) < 3.5 * deviation, "\(measured) where the formula gives \(expected)")
    }

    private func isCaught(key: UInt64, _ share: Double, _ lies: Int, _ hasAccomplice: Bool) -> Bool {
        let fourth = Peer([4])
        var desk = Desk(shards: 4, audit: share, auditKey: key)
        for peer in [first, second, third, fourth] { _ = desk.join(peer) }
        for step in 0..<lies {
            let actions = desk.handle(.begin(Round(step: step, kind: .training)))
            let lie = actions.leases(of: first).first { !$0.isCheck }?.node
            for peer in [first, second, third, fourth] {
                for lease in actions.leases(of: peer) {
                    let isLie = lease.node == lie && (peer == first || hasAccomplice && peer == second)
                    _ = deliver(lease, from: peer, digest: isLie ? 2 : 1, to: &desk)
                }
            }
            if desk.state.counters.mismatches > 0 { return true }
        }
        return false
    }

    @Test func anAuditThatItsWorkerLeavesGoesToAnother() {
        var (desk, leases) = auditedDesk()
        let primary = leases[first]![0]
        #expect(!deliver(primary, from: first, digest: 1, to: &desk).isFinished)
        let again = desk.handle(.undeliverable(second)).leases(of: third)
        #expect(again.map(\.isCheck) == [true])
        #expect(deliver(again[0], from: third, digest: 1, to: &desk).isFinished)
    }

    /// Its memory holds something newer already, as an honest worker's may.
    @Test func aSecondSumThatWasWrittenOverBeforeItWasReadIsAskedForAgainAndBlamesNobody() {
        var (desk, leases) = auditedDesk()
        _ = deliver(leases[first]![0], from: first, digest: 1, to: &desk)
        let audit = leases[second]![0]
        _ = desk.deliver(audit, from: second)
        let actions = desk.handle(.leaseDigest(round, lease: audit.identifier, nil))
        #expect(desk.state.counters.mismatches == 0)
        let again = [first, second, third].flatMap { peer in actions.leases(of: peer).map { ($0, peer) } }
        #expect(again.map(\.0.isCheck) == [true])
        guard let (lease, peer) = again.first else { return }
        #expect(deliver(lease, from: peer, digest: 1, to: &desk).isFinished)
    }

    @Test func aJudgesSumThatWasWrittenOverIsAskedForAgain() throws {
        var (desk, leases) = auditedDesk()
        _ = deliver(leases[first]![0], from: first, digest: 1, to: &desk)
        let asked = deliver(leases[second]![0], from: second, digest: 2, to: &desk).leases(of: third)
        let lease = try #require(asked.first)
        _ = desk.deliver(lease, from: third)
        let askedAgain = desk.handle(.leaseDigest(round, lease: lease.identifier, nil)).leases(of: third)
        let actions = deliver(try #require(askedAgain.first), from: third, digest: 1, to: &desk)
        #expect(actions.isFinished)
        #expect(actions.contains { if case .run(.quarantine) = $0 { true } else { false } })
    }

    @Test func withoutASecondWorkerAnAuditIsLeftOutAndTheLogSaysSoOnce() {
        var desk = Desk(shards: 1, audit: 1)
        _ = desk.join(first)
        let lease = desk.handle(.begin(round)).leases(of: first)[0]
        let actions = desk.deliver(lease, from: first)
        #expect(actions.isFinished)
        #expect(
            actions.notices[0]
                == "step 6: node 1 is not checked, since there is no second worker that could compute it, too")
        let next = desk.handle(.begin(Round(step: 6, kind: .training))).leases(of: first)[0]
        #expect(!desk.deliver(next, from: first).notices.contains { $0.contains("not checked") })
    }

    @Test func aWorkerThatJoinsInTimeComputesTheAudit() {
        var desk = Desk(shards: 1, audit: 1)
        _ = desk.join(first)
        let lease = desk.handle(.begin(round)).leases(of: first)[0]
        #expect(desk.join(second).leases(of: second).map(\.isCheck) == [true])
        #expect(!desk.deliver(lease, from: first).isFinished)
    }

    // MARK: - Disputes

    @Test func aThirdWorkerDecidesAndTheLoserIsQuarantinedByName() {
        var (desk, leases) = auditedDesk()
        _ = deliver(leases[first]![0], from: first, digest: 1, to: &desk)
        let dispute = deliver(leases[second]![0], from: second, digest: 2, to: &desk)
        #expect(!dispute.isFinished)
        #expect(
            dispute.notices.contains { $0.contains("MISMATCH: worker-1, worker-2 computed different sums of node 1") })
        let judge = dispute.leases(of: third)
        #expect(judge.map(\.isCheck) == [true])
        #expect(desk.state.stepInDoubt == 5)
        let verdict = deliver(judge[0], from: third, digest: 1, to: &desk)
        #expect(verdict.isFinished && verdict.goingBack == nil)
        #expect(desk.state.stepInDoubt == nil)
        let sentence =
            "worker-2 is quarantined for the rest of this run: two other workers agree that its sum of node 1 in "
            + "step 6 was wrong; test that machine's memory, then start it under another name"
        #expect(verdict.contains(.run(.quarantine(name: "worker-2", sentence: sentence))))
        #expect(verdict.contains(.send(.refused(sentence), step: 5, to: second)))
        #expect(desk.state.activeWorkers == 2)
    }

    @Test func aWrongCommittedCopyMeansGoingBack() {
        var (desk, leases) = auditedDesk()
        _ = deliver(leases[first]![0], from: first, digest: 1, to: &desk)
        let judge = deliver(leases[second]![0], from: second, digest: 2, to: &desk).leases(of: third)
        let verdict = deliver(judge[0], from: third, digest: 2, to: &desk)
        #expect(verdict.goingBack == 5)
        #expect(!verdict.isFinished)
        #expect(desk.state.trust.quarantined.keys.sorted() == ["worker-1"])
        #expect(desk.handle(.tick).isEmpty, "nothing counts after going back")
    }

    /// They follow the lease over the link, also where those of now lie in memory: a worker drops parameters of an earlier step than
    /// its round's.
    @Test(arguments: [false, true])
    func aDisputeAboutAnEarlierStepIsDecidedWithItsParameters(isInMemory: Bool) throws {
        var desk = Desk(shards: 1)
        for peer in [first, second] { _ = desk.join(peer) }
        let late = desk.handle(.begin(round)).leases(of: first)[0]
        desk.now = .seconds(121)
        for peer in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
        let moved = desk.handle(.tick).leases(of: second)[0]
        _ = desk.join(third)
        if isInMemory {
            desk.state.members[third]?.memory = MemoryRegion(
                process: 2, descriptor: 9, identity: 4, slots: 3, slotBytes: 20)
        }
        #expect(deliver(moved, from: second, digest: 1, to: &desk).isFinished)
        let next = desk.handle(.begin(Round(step: 6, kind: .training))).leases(of: second)[0]
        #expect(desk.state.stepsInUse == [5, 6])
        _ = deliver(late, from: first, digest: 2, to: &desk)
        #expect(desk.state.stepInDoubt == 5)
        let actions = deliver(next, from: second, digest: 7, to: &desk)
        #expect(!actions.isFinished, "a sum of step 5 is in question")
        let judge = actions.leases(of: third)
        #expect(judge.map(\.round) == [round])
        let parameters = actions.firstIndex {
            if case .transfer(.parameters(5, 0, _, _), third) = $0 { true } else { false }
        }
        #expect(try #require(parameters) > #require(actions.firstLease))
        #expect(deliver(judge[0], from: third, digest: 2, to: &desk).goingBack == 5)
    }

    @Test func aJudgeThatIsLostIsReplacedAndNoVoterDecides() {
        var (desk, leases) = auditedDesk()
        let fourth = Peer([4])
        _ = deliver(leases[first]![0], from: first, digest: 1, to: &desk)
        #expect(deliver(leases[second]![0], from: second, digest: 2, to: &desk).leases(of: third).count == 1)
        let alone = desk.handle(.undeliverable(third))
        #expect(
            alone.notices.last
                == "step 6: waiting for a worker other than worker-1, worker-2 to compute node 1 and decide; start one with "
                + "tributary worker")
        #expect(alone.leases(of: first).isEmpty && alone.leases(of: second).isEmpty)
        let judge = desk.join(fourth).leases(of: fourth)
        #expect(deliver(judge[0], from: fourth, digest: 1, to: &desk).isFinished)
    }

    @Test func whereNobodyCanDecideTheRunDoesNotWaitForEver() {
        var (desk, leases) = auditedDesk()
        _ = deliver(leases[first]![0], from: first, digest: 1, to: &desk)
        _ = deliver(leases[second]![0], from: second, digest: 2, to: &desk)
        _ = desk.handle(.undeliverable(third))
        desk.now = .seconds(3_601)
        for peer in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
        #expect(
            desk.handle(.tick).contains(
                .run(
                    .abandon(
                        "for 3601 s no worker has come that could decide about node 1 in step 6, which worker-1, worker-2 "
                            + "computed differently: resume the run with another worker"))))
        #expect(desk.state.stepInDoubt == 5)
    }

    @Test func threeDifferentSumsAreDecidedByAFourth() {
        var (desk, leases) = auditedDesk()
        let fourth = Peer([4])
        _ = desk.join(fourth)
        _ = deliver(leases[first]![0], from: first, digest: 1, to: &desk)
        let judge = deliver(leases[second]![0], from: second, digest: 2, to: &desk).leases(of: third)
        let next = deliver(judge[0], from: third, digest: 3, to: &desk).leases(of: fourth)
        #expect(next.count == 1)
        _ = deliver(next[0], from: fourth, digest: 1, to: &desk)
        #expect(desk.state.trust.quarantined.keys.sorted() == ["worker-2", "worker-3"])
    }

    // MARK: - Quarantine

    @Test func aQuarantinedNameIsRefusedOnRejoining() {
        var desk = Desk(quarantined: ["bad": "bad is quarantined"])
        let hello = Envelope(WorkerMessage.hello(Samples.hello("bad")), fence: .outside)
        #expect(
            desk.handle(.received(hello, from: first)) == [.send(.refused("bad is quarantined"), step: 0, to: first)])
        #expect(desk.join(second, name: "good").notices[0].hasPrefix("good joined"))
    }
}
