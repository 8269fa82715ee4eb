import Contract
import Testing

@testable import Coordination

/// Workers that miss deadlines, and when they get work again.
@Suite struct PunctualityTests {
    private let first = Peer([1])
    private let second = Peer([2])

    /// Two workers, the first 121 s late with its node, which the second computed; what the first still owes.
    private func deskWithALateWorker() -> (Desk, CoordinatorMessage.Lease) {
        var desk = Desk()
        for peer in [first, second] { _ = desk.join(peer) }
        let actions = desk.handle(.begin(round(5)))
        _ = desk.deliver(actions.leases(of: second)[0], from: second)
        pass(.seconds(121), in: &desk)
        let moved = desk.handle(.tick).leases(of: second)[0]
        _ = desk.deliver(moved, from: second)
        return (desk, actions.leases(of: first)[0])
    }

    private func round(_ step: Int) -> Round { Round(step: step, kind: .training) }

    /// Time in which both are alive and busy.
    private func pass(_ time: Duration, in desk: inout Desk) {
        desk.now += time
        for peer in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
    }

    /// Does a step with whoever is asked to, and answers whether the first worker was.
    private func isAsked(step: Int, in desk: inout Desk) -> Bool {
        let actions = desk.handle(.begin(round(step)))
        for peer in [first, second] {
            for lease in actions.leases(of: peer) { _ = desk.deliver(lease, from: peer) }
        }
        return !actions.leases(of: first).isEmpty
    }

    @Test func aLateWorkerGetsNothingNewUntilItDelivers() {
        var (desk, _) = deskWithALateWorker()
        pass(.seconds(1_000), in: &desk)
        let next = desk.handle(.begin(round(6)))
        #expect(next.leases(of: first).isEmpty)
        #expect(next.leases(of: second).map(\.node) == [1])
    }

    @Test func whoDeliversLateRestsForAsLongAsItHadTheLease() {
        var (desk, late) = deskWithALateWorker()
        pass(.seconds(29), in: &desk)
        _ = desk.deliver(late, from: first)
        #expect(!isAsked(step: 6, in: &desk))
        pass(.seconds(149), in: &desk)
        #expect(!isAsked(step: 7, in: &desk))
        pass(.seconds(1), in: &desk)
        #expect(isAsked(step: 8, in: &desk))
    }

    @Test func whoIsLateAgainRestsTwiceAsLongAndWhoDeliversInTimeStartsAnew() {
        var punctuality = Punctuality()
        func rest() -> Int { (1...1_000).first { punctuality.isGood(at: .seconds(100 + $0)) } ?? .max }
        for expected in [10, 20, 40, 80, 160, 320, 640, 640] {
            punctuality = late(punctuality)
            #expect(rest() == expected)
        }
        punctuality.deliver(leaseOf: .seconds(800), inTime: true, at: .seconds(801))
        #expect(rest() == 640, "it rests all the same")
        punctuality = Punctuality()
        punctuality = late(late(punctuality))
        punctuality.deliver(leaseOf: .seconds(120), inTime: true, at: .seconds(121))
        #expect(rest() == 20)
        punctuality.miss(leaseOf: .seconds(200))
        punctuality.forgive(at: .seconds(210))
        #expect(!punctuality.isGood(at: .seconds(219)) && punctuality.isGood(at: .seconds(220)))
    }

    /// Had a lease from the 90th second, and delivered ten seconds later, past its deadline.
    private func late(_ punctuality: Punctuality) -> Punctuality {
        var punctuality = punctuality
        punctuality.miss(leaseOf: .seconds(90))
        punctuality.deliver(leaseOf: .seconds(90), inTime: false, at: .seconds(100))
        return punctuality
    }

    @Test func aResultThatIsMissingOfManyCountsAsOneDelay() {
        var punctuality = Punctuality()
        for issued in [90, 91, 92] { punctuality.miss(leaseOf: .seconds(issued)) }
        for issued in [90, 91, 92] { punctuality.deliver(leaseOf: .seconds(issued), inTime: false, at: .seconds(100)) }
        #expect(!punctuality.isGood(at: .seconds(109)) && punctuality.isGood(at: .seconds(110)))
    }

    @Test func whereNobodyIsOnTimeThoseWhoRestAreAsked() {
        var (desk, late) = deskWithALateWorker()
        _ = desk.deliver(late, from: first)
        _ = desk.handle(.undeliverable(second))
        #expect(isAsked(step: 6, in: &desk))
    }

    @Test func aLateWorkerWithNothingInHandRestsAndThenHasOtherWork() {
        var (desk, _) = deskWithALateWorker()
        _ = desk.say(.heartbeat(busy: 0), from: first)
        #expect(!isAsked(step: 6, in: &desk))
        pass(.seconds(121), in: &desk)
        #expect(isAsked(step: 7, in: &desk))
    }

    @Test func aLateWorkerThatWaitsForParametersOfAStepThatIsOverMayHaveOtherWorkToo() {
        var (desk, _) = deskWithALateWorker()
        for step in 6..<9 { #expect(!isAsked(step: step, in: &desk)) }
        _ = desk.say(.parametersWanted, from: first, step: 5)
        #expect(!isAsked(step: 9, in: &desk))
        pass(.seconds(121), in: &desk)
        #expect(isAsked(step: 10, in: &desk))
    }

    /// Nobody would send them, so nobody would say that they were taken, and nothing newer could leave.
    @Test func parametersOfAStepThatIsOverLeaveTheLineAndTheirWorkerMayHaveOtherWork() {
        var desk = Desk()
        for peer in [first, second] { _ = desk.join(peer) }
        desk.state.members[first]?.window.spend(64, at: .zero)  // nothing more is admitted
        let actions = desk.handle(.begin(round(5)))
        _ = desk.deliver(actions.leases(of: second)[0], from: second)
        pass(.seconds(121), in: &desk)
        for lease in desk.handle(.tick).leases(of: second) { _ = desk.deliver(lease, from: second) }
        for step in 6..<9 { #expect(!isAsked(step: step, in: &desk)) }
        let sent = desk.say(.credit(bytes: 64), from: first, step: 8)
        #expect(!sent.contains { if case .transfer(.parameters, _) = $0 { true } else { false } }, "\(sent)")
        pass(.seconds(200), in: &desk)
        #expect(isAsked(step: 9, in: &desk))
    }
}
