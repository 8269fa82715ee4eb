import Coordination
import Testing

/// What onlookers see and are answered.
@Suite struct OverviewTests {
    private let first = Peer([1])
    private let second = Peer([2])
    private let guest = Peer([9])

    @Test func whoeverMayConnectIsAnsweredAndIsNoMember() {
        var desk = Desk()
        let asked = desk.handle(.received(Envelope(.statusWanted, fence: .outside), from: guest))
        #expect(asked == [.sendStatus(to: guest)])
        #expect(!desk.state.hasMembers)
    }

    @Test func whoIsBarredIsNotAnswered() {
        var desk = Desk()
        let guest = Peer([9], provenName: "guest")
        for _ in 0...200 { _ = desk.handle(.malformed(.foreign, from: guest)) }
        #expect(desk.handle(.received(Envelope(.statusWanted, fence: .outside), from: guest)).isEmpty)
    }

    @Test func spansOfMembersAloneAreTaken() {
        var desk = Desk()
        let spans = WorkSpans(asked: .zero, answered: .zero, spans: [])
        #expect(desk.say(.spans(spans), from: first).isEmpty)
        _ = desk.join(first)
        #expect(desk.say(.spans(spans), from: first) == [.takeSpans(spans, of: first)])
    }

    @Test func workersAreSeenWithWhatIsExpectedOfThem() throws {
        var desk = Desk()
        _ = desk.handle(.received(desk.hello("b", from: second), from: second))
        _ = desk.join(first, name: "a", threads: 2)
        #expect(desk.state.roundUnderWay == nil)
        let round = Round(step: 3, kind: .training)
        let leases = desk.handle(.begin(round)).leases(of: first)
        desk.now = .seconds(1)
        var seen = desk.state.workers(at: desk.now)
        #expect(seen.map(\.name) == ["a", "b"] && seen.map(\.activity) == [.computing, .preparing])
        #expect(seen[0].nodes == leases.map(\.node).sorted() && seen[0].waited == .seconds(1))
        #expect(desk.state.roundUnderWay == round)
        let author = try #require(desk.state.authors(ofLease: leases[0].identifier).first)
        #expect(author.peer == first && author.kind == .training)
        for lease in leases { _ = desk.deliver(lease, from: first, leafTime: .milliseconds(500)) }
        seen = desk.state.workers(at: desk.now)
        #expect(seen[0].activity == .waiting && seen[0].nodes.isEmpty && seen[0].microbatchesPerSecond == 4)
        #expect(desk.state.roundUnderWay == nil)
        desk.now = .seconds(1_000)
        #expect(desk.state.workers(at: desk.now)[0].activity == .waiting)
    }

    @Test func whoIsLateIsSeenToBe() {
        var desk = Desk()
        _ = desk.join(first, name: "a")
        _ = desk.join(second, name: "b")
        _ = desk.handle(.begin(Round(step: 0, kind: .training)))
        for _ in 0..<40 {
            desk.now += .seconds(4)
            for peer in [first, second] { _ = desk.say(.heartbeat(busy: 1), from: peer) }
            _ = desk.handle(.tick)
        }
        #expect(desk.state.workers(at: desk.now).contains { $0.activity == .late })
    }
}
