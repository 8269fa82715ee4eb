import Contract
import Testing

@testable import Coordination

/// Evaluations that take long, which workers get part by part.
@Suite struct EvaluationPartTests {
    private static let round = Round(step: 3, kind: .evaluation)
    private static let (first, second) = (Peer([1]), Peer([2]))

    private static func leases(_ actions: [CoordinatorAction], of peer: Peer) -> [Int] {
        actions.leases(of: peer).map(\.node)
    }

    private static func desk() -> Desk { Desk(shards: 8, givesEvaluationsInParts: true) }

    @Test func everybodyGetsALeafForEachThreadAndThenTheNext() throws {
        var desk = Self.desk()
        _ = desk.join(Self.first, name: "a")
        _ = desk.join(Self.second, name: "b", threads: 2)
        let begun = desk.handle(.begin(Self.round))
        #expect(Self.leases(begun, of: Self.first) == [8] && Self.leases(begun, of: Self.second) == [5])
        let lease = try #require(begun.leases(of: Self.first).first)
        let next = desk.deliver(lease, from: Self.first)
        #expect(next.commits.first == 8 && Self.leases(next, of: Self.first) == [9])
        #expect(Self.leases(next, of: Self.second) == [])
        #expect(desk.state.committedShare == 1.0 / 8)
    }

    /// Who comes in the middle finds work, and only the part of one who goes is computed again.
    @Test func lateWorkersGetWorkAndLostOnesLoseAPart() throws {
        var desk = Self.desk()
        _ = desk.join(Self.first, name: "a")
        let begun = desk.handle(.begin(Self.round))
        #expect(Self.leases(begun, of: Self.first) == [8])
        #expect(Self.leases(desk.join(Self.second, name: "b"), of: Self.second) == [9])
        let lease = try #require(begun.leases(of: Self.first).first)
        #expect(Self.leases(desk.deliver(lease, from: Self.first), of: Self.first) == [10])
        desk.now = .seconds(6)
        _ = desk.say(.heartbeat(busy: 1, taken: 0), from: Self.second, step: 3)
        let gone = desk.handle(.tick)
        #expect(gone.notices.contains { $0.contains("a is gone") }, "\(gone.notices)")
        // The second has its own part still; what the first left is the next that it gets.
        #expect(Self.leases(gone, of: Self.second) == [])
        let own = CoordinatorMessage.Lease(
            identifier: 2, round: Self.round, node: 9, isCheck: false, duties: Duties.star)
        #expect(Self.leases(desk.deliver(own, from: Self.second), of: Self.second) == [10])
    }

    /// Of three threads none is idle, though nodes have one leaf, two or four.
    @Test func anyNumberOfThreadsHasALeafEach() throws {
        var desk = Self.desk()
        _ = desk.join(Self.first, name: "a", threads: 3)
        let begun = desk.handle(.begin(Self.round))
        #expect(Self.leases(begun, of: Self.first) == [4, 10])
        let pair = try #require(begun.leases(of: Self.first).first)
        #expect(Self.leases(desk.deliver(pair, from: Self.first), of: Self.first) == [6])
    }

    /// A leaf takes as long as it takes one thread, however many a worker has: one of one thread is not late for that.
    @Test func deadlinesAreThoseOfOneThread() throws {
        var desk = Self.desk()
        _ = desk.join(Self.first, name: "a", threads: 4)
        _ = desk.join(Self.second, name: "b")
        let begun = desk.handle(.begin(Self.round))
        #expect(Self.leases(begun, of: Self.first) == [2] && Self.leases(begun, of: Self.second) == [12])
        desk.now = .seconds(4)
        _ = desk.say(.heartbeat(busy: 1, taken: 0), from: Self.second, step: 3)
        let next = desk.deliver(try #require(begun.leases(of: Self.first).first), from: Self.first)
        #expect(Self.leases(next, of: Self.first) == [7, 13])
        // Four seconds a leaf, five times that, and as much again for the lease that there is.
        for second in stride(from: 8, through: 40, by: 4) {
            desk.now = .seconds(second)
            for peer in [Self.first, Self.second] {
                _ = desk.say(.heartbeat(busy: 1, taken: 0), from: peer, step: 3)
            }
            #expect(!desk.handle(.tick).notices.contains { $0.contains("missed") }, "\(second)")
        }
        desk.now = .seconds(45)
        for peer in [Self.first, Self.second] { _ = desk.say(.heartbeat(busy: 1, taken: 0), from: peer, step: 3) }
        // What is overdue goes to nobody who is late himself, unless all are.
        #expect(desk.handle(.tick).notices.contains { $0.contains("missed its deadline") })
    }

    /// What somebody has the pixels of comes first.
    @Test func whoHasPixelsComputesThem() throws {
        var desk = Self.desk()
        _ = desk.join(Self.first, name: "a")
        _ = desk.join(Self.second, name: "b")
        let begun = desk.handle(.begin(Self.round))
        #expect(Self.leases(begun, of: Self.second) == [9])
        let again = desk.handle(.begin(Round(step: 4, kind: .evaluation)))
        #expect(Self.leases(again, of: Self.first) == [8] && Self.leases(again, of: Self.second) == [9])
        desk = Self.desk()
        _ = desk.join(Self.second, name: "b")
        _ = desk.handle(.begin(Self.round))
        _ = desk.join(Self.first, name: "a")
        let later = desk.handle(.begin(Round(step: 4, kind: .evaluation)))
        #expect(Self.leases(later, of: Self.second) == [8] && Self.leases(later, of: Self.first) == [9])
    }

    @Test func oneWorkerGetsAllPartsAndTheRoundEnds() throws {
        var desk = Self.desk()
        _ = desk.join(Self.first, name: "a", threads: 4)
        var actions = desk.handle(.begin(Self.round))
        var nodes: [Int] = []
        for _ in 0..<8 where !actions.isFinished {
            let lease = try #require(actions.leases(of: Self.first).first)
            nodes.append(lease.node)
            actions = desk.deliver(lease, from: Self.first)
        }
        #expect(nodes == [2, 3] && actions.isFinished && desk.state.committedShare == 1)
    }

    /// Without the wish each gets its share at once.
    @Test func otherEvaluationsAreGivenOutAtOnce() {
        var desk = Desk(shards: 8)
        _ = desk.join(Self.first, name: "a")
        _ = desk.join(Self.second, name: "b")
        let begun = desk.handle(.begin(Self.round))
        #expect(Self.leases(begun, of: Self.first) == [2] && Self.leases(begun, of: Self.second) == [3])
    }
}
