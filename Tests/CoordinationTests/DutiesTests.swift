import Contract
import Testing

@testable import Coordination

/// Who adds sums and passes on parameters besides the coordinator.
@Suite struct DutiesTests {
    private let round = Round(step: 0, kind: .training)
    private let peers = (1...3).map { Peer([UInt8($0)]) }

    /// A coordinator of members that have doors on three hosts, and all reach each other.
    private func desk(_ reduction: Reduction = .scatter, audit: Double = 0, doors: Int = 3) -> Desk {
        var desk = Desk(audit: audit, reduction: reduction)
        for (index, peer) in peers.enumerated() { join(peer, hasDoor: index < doors, in: &desk) }
        reachEachOther(in: &desk)
        return desk
    }

    private func join(_ peer: Peer, hasDoor: Bool = true, host: String? = nil, in desk: inout Desk) {
        _ = desk.handle(.received(desk.hello(from: peer), from: peer))
        let address = "tcp://\(host ?? "10.0.0.\(peer.identity[0])"):7100"
        if hasDoor { _ = desk.handle(.located(peer, address: address, key: "")) }
        _ = desk.say(.attach, from: peer)
        _ = desk.say(.ready(probe: "probe"), from: peer)
    }

    private func reachEachOther(in desk: inout Desk) {
        for peer in peers {
            _ = desk.say(.reached(peers.filter { $0 != peer }.map(\.identity)), from: peer)
        }
    }

    private func deliver(_ lease: CoordinatorMessage.Lease, from peer: Peer, in desk: inout Desk) -> [CoordinatorAction]
    {
        desk.say(.delivered(.init(round: lease.round, lease: lease.identifier, node: lease.node)), from: peer)
    }

    /// The root's piece at `offset`, from the one whose duty it is.
    private func root(_ offset: Int, duties: UInt64, from peer: Peer, in desk: inout Desk) -> [CoordinatorAction] {
        let piece = SumPiece(round: round, duties: duties, node: 1, offset: offset, bytes: min(16, 20 - offset))
        return desk.say(.rootSum(piece), from: peer)
    }

    @Test func whoIsInHearsOfTheOthers() {
        var desk = desk()
        let actions = desk.handle(.received(desk.hello(from: peers[0]), from: peers[0]))
        #expect(actions.tables.isEmpty)
        _ = desk.say(.leaving, from: peers[2])
        join(peers[2], in: &desk)
        var other = Desk(reduction: .scatter)
        join(peers[0], in: &other)
        _ = other.handle(.received(other.hello(from: peers[1]), from: peers[1]))
        _ = other.handle(.located(peers[1], address: "tcp://10.0.0.2:7100", key: "k"))
        _ = other.say(.attach, from: peers[1])
        let tables = other.say(.ready(probe: "probe"), from: peers[1]).tables
        #expect(tables.map(\.own) == [[1], [2]])
        #expect(tables.allSatisfy { $0.entries.map(\.address) == ["tcp://10.0.0.1:7100", "tcp://10.0.0.2:7100"] })
        #expect(tables.first?.entries.map(\.key) == ["", "k"])
    }

    @Test func holdersGetTheirChunksOfParametersAndLeasesUnderTheirDuties() {
        var desk = desk()
        let actions = desk.handle(.begin(round))
        #expect(actions.duties == Array(repeating: Duties(number: 1, holders: [[1], [2], [3]]), count: 3))
        #expect(actions.parameters.map { [$0.peer.identity[0], UInt8($0.offset)] } == [[1, 0], [2, 16], [3, 32]])
        #expect(actions.parameters.allSatisfy { $0.duties == 1 })
        let leases = peers.flatMap { actions.leases(of: $0) }
        #expect(leases.count == 4 || leases.count == 3)
        #expect(leases.allSatisfy { $0.duties == 1 })
    }

    @Test func theRootsPiecesMakeTheRound() {
        var desk = desk()
        let actions = desk.handle(.begin(round))
        for peer in peers { for lease in actions.leases(of: peer) { _ = deliver(lease, from: peer, in: &desk) } }
        let first = root(0, duties: 1, from: peers[0], in: &desk)
        #expect(!first.isFinished)
        let last = root(16, duties: 1, from: peers[1], in: &desk)
        #expect(last.isFinished && last.commits == [1])
    }

    @Test func aPieceCountsOnceAndOnlyFromItsHolderUnderTheDutiesOfNow() {
        var desk = desk()
        _ = desk.handle(.begin(round))
        let places = [(1, 1), (2, 0), (1, 0), (1, 0)].map { (duties, peer) in
            root(0, duties: duties, from: peers[peer], in: &desk).places
        }
        #expect(places == [0, 0, 1, 0])
    }

    @Test func oneHostKeepsTheStar() {
        for desk in [desk(.star), desk(doors: 1)] {
            var desk = desk
            let actions = desk.handle(.begin(round))
            #expect(actions.duties.isEmpty && peers.flatMap { actions.leases(of: $0) }.allSatisfy { $0.duties == 0 })
        }
        var local = Desk(reduction: .auto)
        for peer in peers { join(peer, host: "10.0.0.1", in: &local) }
        reachEachOther(in: &local)
        #expect(local.handle(.begin(round)).duties.isEmpty)
        var spread = desk(.auto)
        #expect(!spread.handle(.begin(round)).duties.isEmpty)
    }

    // MARK: - Audits

    /// The first computation of the round, up to the last piece of the root's sum: what that leads to, and who had which node.
    private func computedOnce(in desk: inout Desk) -> (actions: [CoordinatorAction], owners: [Int: Peer]) {
        let actions = desk.handle(.begin(round))
        var owners: [Int: Peer] = [:]
        for peer in peers {
            for lease in actions.leases(of: peer) {
                owners[lease.node] = peer
                _ = deliver(lease, from: peer, in: &desk)
            }
        }
        _ = root(0, duties: 1, from: peers[0], in: &desk)
        return (root(16, duties: 1, from: peers[1], in: &desk), owners)
    }

    /// Delivers all leases among the actions, and hashes what is asked for first, as the process does: `sum` for the root, `digest` for the rest.
    private func carryOut(_ actions: [CoordinatorAction], digest: [UInt8] = [7], sum: [UInt8], in desk: inout Desk)
        -> [CoordinatorAction]
    {
        var (all, waiting) = (actions, actions)
        while let index = waiting.firstIndex(where: \.isHash) ?? waiting.indices.first {
            var next: [CoordinatorAction] = []
            switch waiting.remove(at: index) {
            case .sums(.hashNode(let round, let node)):
                next = desk.handle(.nodeDigest(round, node: node, node == ReductionTree.root ? sum : digest))
            case .sums(.hashLease(let round, let lease)):
                next = desk.handle(.leaseDigest(round, lease: lease, digest))
            case .send(.lease(let lease), _, let peer): next = desk.deliver(lease, from: peer)
            default: break
            }
            all += next
            waiting += next
        }
        return all
    }

    @Test func whatWorkersAddedIsComputedAgainByOthers() throws {
        var desk = desk(audit: 1)
        let (actions, owners) = computedOnce(in: &desk)
        #expect(!actions.isFinished && actions.hashes == [.sums(.hashNode(round, node: 1))])
        #expect(actions.contains(.sums(.discard(node: 1))))
        let leases = peers.flatMap { peer in actions.leases(of: peer).map { (peer: peer, lease: $0) } }
        #expect(leases.allSatisfy { $0.lease.isCheck && $0.lease.duties == Duties.star })
        let again = Dictionary(grouping: leases.sorted { $0.lease.identifier < $1.lease.identifier }, by: \.lease.node)
        #expect(Set(again.keys) == Set(owners.keys))
        for (node, computations) in again {
            #expect(Set(computations.map(\.peer)).count == 2 && computations[0].peer != owners[node])
        }
        let all = carryOut(actions, sum: [1], in: &desk)
        #expect(all.isFinished && !all.notices.contains { $0.contains("MISMATCH") })
        #expect(desk.state.counters.audited == owners.count && desk.state.counters.mismatches == 0)
        let next = desk.handle(.begin(Round(step: 1, kind: .training)))
        #expect(peers.flatMap { next.leases(of: $0) }.allSatisfy { $0.duties != Duties.star && !$0.isCheck })
    }

    @Test func aSumThatWorkersAddedWronglyIsNotUsedAndTheirsNoMore() throws {
        var desk = desk(audit: 1)
        let (actions, owners) = computedOnce(in: &desk)
        let first = desk.handle(.nodeDigest(round, node: 1, [9]))
        #expect(first.isEmpty)
        let rest = actions.filter { $0 != .sums(.hashNode(round, node: 1)) }
        let all = carryOut(rest, sum: [1], in: &desk)
        let notice = all.notices.filter { $0.contains("MISMATCH") }
        #expect(
            notice == [
                "step 1: MISMATCH: the sum that worker-1, worker-2, worker-3 computed and added is not what others compute; one of them "
                    + "computes, adds or passes on wrongly, and the coordinator adds all sums from now on"
            ])
        #expect(peers.flatMap { all.leases(of: $0) }.count == 2 * owners.count)
        #expect(all.isFinished && desk.state.counters.compared == owners.count)
        let next = desk.handle(.begin(Round(step: 1, kind: .training)))
        #expect(next.duties.isEmpty && peers.flatMap { next.leases(of: $0) }.allSatisfy { $0.duties == Duties.star })
    }

    @Test func aSecondWorkerThatIsWrongIsNamed() throws {
        var desk = desk(audit: 1)
        let (actions, _) = computedOnce(in: &desk)
        _ = desk.handle(.nodeDigest(round, node: 1, [9]))
        let rest = actions.filter { $0 != .sums(.hashNode(round, node: 1)) }
        // Its results come first, and differ from what two others then agree on.
        var all: [CoordinatorAction] = []
        for lease in rest.leases(of: peers[0]) {
            let taken = desk.deliver(lease, from: peers[0])
            for case .sums(.hashNode(let round, let node)) in taken {
                all += desk.handle(.nodeDigest(round, node: node, [6]))
            }
            all += taken.filter { !$0.isHash }
        }
        let others = rest.filter { if case .send(.lease, _, peers[0]) = $0 { false } else { true } }
        let decided = carryOut(all + others, sum: [1], in: &desk)
        #expect(decided.goingBack == 0 && decided.notices.contains { $0.contains("worker-1 is quarantined") })
    }

    @Test func theOnlyOneOnTimeComputesAllAgain() {
        var desk = desk(audit: 1)
        let leases = desk.handle(.begin(round))
        for peer in peers { for lease in leases.leases(of: peer) { _ = deliver(lease, from: peer, in: &desk) } }
        _ = root(0, duties: 1, from: peers[0], in: &desk)
        // The others are late with something else, as far as anybody knows.
        for peer in peers.dropFirst() { desk.state.members[peer]?.punctuality.miss(leaseOf: desk.now) }
        let again = root(16, duties: 1, from: peers[1], in: &desk)
        #expect(peers.dropFirst().flatMap { again.leases(of: $0) }.isEmpty && !again.leases(of: peers[0]).isEmpty)
        let all = carryOut(again, sum: [1], in: &desk)
        #expect(all.isFinished && desk.state.counters.audited == 0 && desk.state.counters.unaudited > 0)
    }

    /// It would keep its lease for ever, since nobody expects anything more of a sum that is where it is added.
    @Test func whoClaimsToHaveDeliveredInASecondComputationIsNotBelieved() throws {
        var desk = desk(audit: 1)
        let (actions, _) = computedOnce(in: &desk)
        let lease = try #require(actions.leases(of: peers[0]).first)
        _ = deliver(lease, from: peers[0], in: &desk)
        #expect(desk.state.current?.leases[lease.identifier]?.state == .live && desk.state.counters.malformed == 0)
    }

    /// What others passed on may be wrong, and a worker that computed with it would be blamed.
    @Test func whatRestsOnOthersIsNotCompared() {
        for audit in [0.0, 1] {
            var desk = desk(audit: audit)
            _ = desk.handle(.begin(round))
            let star = desk.say(.reached([]), from: peers[0])
            let leases = peers.flatMap { peer in star.leases(of: peer).map { (peer, $0) } }
            #expect(!leases.isEmpty && leases.allSatisfy { $0.1.duties == Duties.star && $0.1.isCheck == (audit > 0) })
            var hashes: [CoordinatorAction] = []
            for (peer, lease) in leases { hashes += desk.deliver(lease, from: peer).hashes }
            #expect(hashes.isEmpty == (audit == 0))
        }
    }

    @Test func whoIsNotReachedByAllHoldsNoDuties() {
        var desk = desk()
        _ = desk.say(.reached([[1]]), from: peers[1])
        let actions = desk.handle(.begin(round))
        #expect(actions.duties.first?.holders == [[1], [2]])
        #expect(actions.parameters.filter { $0.peer == peers[2] }.allSatisfy { $0.duties == 0 })
        #expect(peers.flatMap { actions.leases(of: $0) }.allSatisfy { $0.duties == 1 })
    }

    @Test func aHoldersEndGivesTheRoundOtherDutiesAndItsSumsAreDeliveredAgain() {
        var desk = desk()
        let first = desk.handle(.begin(round))
        let kept = peers.prefix(2).flatMap { first.leases(of: $0) }.map(\.node)
        for lease in first.leases(of: peers[0]) { _ = deliver(lease, from: peers[0], in: &desk) }
        let actions = desk.say(.leaving, from: peers[2])
        #expect(actions.duties.first == Duties(number: 2, holders: [[1], [2]]))
        let leases = peers.prefix(2).flatMap { actions.leases(of: $0) }
        #expect(leases.allSatisfy { $0.duties == 2 })
        #expect(Set(kept).isSubset(of: leases.map(\.node)))
        let late = root(0, duties: 1, from: peers[0], in: &desk)
        #expect(late.places == 0)
        for peer in peers.prefix(2) {
            for lease in actions.leases(of: peer) { _ = deliver(lease, from: peer, in: &desk) }
        }
        _ = root(0, duties: 2, from: peers[0], in: &desk)
        let last = root(16, duties: 2, from: peers[1], in: &desk)
        #expect(last.isFinished)
    }

    @Test func withoutASecondHolderTheCoordinatorAddsAgain() {
        var desk = desk(doors: 2)
        _ = desk.handle(.begin(round))
        let actions = desk.say(.leaving, from: peers[1])
        let leases = peers.flatMap { actions.leases(of: $0) }
        #expect(!leases.isEmpty && leases.allSatisfy { $0.duties == 0 })
        var committed: [CoordinatorAction] = []
        for peer in peers { for lease in actions.leases(of: peer) { committed += desk.deliver(lease, from: peer) } }
        #expect(committed.isFinished)
    }

    @Test func aLostConnectionBetweenWorkersDoesTheSame() {
        var desk = desk()
        _ = desk.handle(.begin(round))
        let actions = desk.say(.reached([[2]]), from: peers[0])
        #expect(actions.duties.first == Duties(number: 2, holders: [[1], [2]]))
        #expect(actions.notices.contains { $0.contains("worker-1 has lost its connection to another worker") })
    }

    @Test func aHolderThatSendsNothingIsPassedOver() {
        var desk = desk()
        let first = desk.handle(.begin(round))
        for peer in peers { for lease in first.leases(of: peer) { _ = deliver(lease, from: peer, in: &desk) } }
        _ = root(0, duties: 1, from: peers[0], in: &desk)
        var actions: [CoordinatorAction] = []
        for _ in 0..<24 {
            desk.now += .milliseconds(250)
            for peer in peers { actions += desk.say(.heartbeat(busy: 0), from: peer) }
            actions += desk.handle(.tick)
        }
        #expect(actions.duties.first == Duties(number: 2, holders: [[1], [3]]))
    }

    @Test func aHolderThatIsSilentHoldsNobodyUpUntilItIsGone() {
        var desk = desk()
        _ = desk.handle(.begin(round))
        var actions: [CoordinatorAction] = []
        for _ in 0..<9 {
            desk.now += .milliseconds(250)
            for peer in peers.prefix(2) { actions += desk.say(.heartbeat(busy: 1), from: peer) }
            actions += desk.handle(.tick)
        }
        #expect(actions.duties.first == Duties(number: 2, holders: [[1], [2]]))
        #expect(desk.state.activeWorkers == 3)
    }

    @Test func whoTakesBytesKeepsItsLease() {
        for taken in [0, 1] {
            var desk = desk()
            let leases = desk.handle(.begin(round)).leases(of: peers[0])
            _ = leases
            var moves: [String] = []
            for _ in 1...900 {
                desk.now += .milliseconds(250)
                for peer in peers { _ = desk.say(.heartbeat(busy: 1, taken: taken), from: peer) }
                moves += desk.handle(.tick).notices.filter { $0.contains("missed its deadline") }
            }
            #expect(moves.isEmpty == (taken == 1), "\(moves)")
        }
    }

    @Test func whoClaimsToHaveDeliveredInAStarIsNotBelieved() {
        var desk = desk(.star)
        let actions = desk.handle(.begin(round))
        for peer in peers { for lease in actions.leases(of: peer) { _ = deliver(lease, from: peer, in: &desk) } }
        let moved = desk.say(.leaving, from: peers[0])
        #expect(!peers.dropFirst().flatMap { moved.leases(of: $0) }.isEmpty)
    }

    @Test func sumsThatDoNotGetThroughComeToTheCoordinatorInTheEnd() {
        var desk = desk()
        var leases = desk.handle(.begin(round)).compactMap { action -> UInt64? in
            if case .send(.lease(let lease), _, _) = action { lease.duties } else { nil }
        }
        #expect(leases.allSatisfy { $0 == 1 })
        for _ in 0..<40_000 where !leases.contains(Duties.star) {
            desk.now += .milliseconds(250)
            var actions = peers.flatMap { desk.say(.heartbeat(busy: 1), from: $0) }
            actions += desk.handle(.tick)
            leases += actions.compactMap { if case .send(.lease(let lease), _, _) = $0 { lease.duties } else { nil } }
        }
        #expect(leases.contains(Duties.star))
    }

    @Test func aLoopbackDoorIsNamedToItsOwnMachineAlone() {
        var desk = Desk(reduction: .scatter)
        join(peers[0], host: "127.0.0.1", in: &desk)
        _ = desk.handle(.received(desk.hello(from: peers[1]), from: peers[1]))
        _ = desk.handle(.located(peers[1], address: "tcp://10.0.0.2:7100", key: ""))
        _ = desk.say(.attach, from: peers[1])
        let tables = desk.say(.ready(probe: "probe"), from: peers[1]).tables
        #expect(
            tables.map { $0.entries.map(\.address) } == [
                ["tcp://127.0.0.1:7100", "tcp://10.0.0.2:7100"], ["", "tcp://10.0.0.2:7100"],
            ])
    }

    /// With what to open. Who was reached before is stopped, or cut off, and its port is open.
    @Test(arguments: [false, true]) func whoIsNeverReachedIsNamedOnce(wasReached: Bool) {
        var desk = Desk(reduction: .scatter)
        for peer in peers { join(peer, in: &desk) }
        if wasReached { reachEachOther(in: &desk) }
        for (peer, reached) in zip(peers, [[[2], [3]], [[1]], [[1], [2]]] as [[[UInt8]]]) {
            _ = desk.say(.reached(reached), from: peer)
        }
        var notices: [String] = []
        for _ in 0..<120 {
            desk.now += .milliseconds(250)
            for peer in peers { _ = desk.say(.heartbeat(busy: 1), from: peer) }
            notices += desk.handle(.tick).notices.filter { $0.contains("cannot reach") }
        }
        #expect(notices.count == (wasReached ? 0 : 1))
        let start = "worker-2 cannot reach worker-3 at tcp://10.0.0.3:7100"
        #expect(notices.allSatisfy { $0.hasPrefix(start) }, "\(notices)")
    }

    @Test func whoAsksAgainForWhatIsOnItsWayGetsItOnce() {
        var desk = desk()
        _ = desk.handle(.begin(round))
        let asked = desk.say(.parametersWanted, from: peers[0]).parameters
        _ = desk.say(.credit(bytes: 16), from: peers[0])
        let again = desk.say(.parametersWanted, from: peers[0]).parameters
        #expect(!asked.isEmpty && again.isEmpty)
        _ = desk.say(.credit(bytes: 1_000), from: peers[0])
        let arrived = desk.say(.parametersWanted, from: peers[0]).parameters
        #expect(!arrived.isEmpty)
    }

    @Test func whoJoinsWithinARoundGetsNothingThatItCannotDeliver() {
        var desk = Desk(reduction: .scatter)
        for peer in peers.prefix(2) { join(peer, in: &desk) }
        for (peer, other) in [(0, 1), (1, 0)] { _ = desk.say(.reached([peers[other].identity]), from: peers[peer]) }
        #expect(desk.handle(.begin(round)).duties.count == 2)
        join(peers[2], in: &desk)
        let actions = desk.say(.leaving, from: peers[0])
        #expect(actions.leases(of: peers[2]).allSatisfy { $0.duties == 0 })
    }
}

extension [CoordinatorAction] {
    fileprivate var tables: [PeerTable] {
        compactMap { if case .send(.peers(let table), _, _) = $0 { table } else { nil } }
    }

    fileprivate var duties: [Duties] {
        compactMap { if case .send(.duties(let duties), _, _) = $0 { duties } else { nil } }
    }

    fileprivate var parameters: [(offset: Int, duties: UInt64, peer: Peer)] {
        compactMap {
            if case .transfer(.parameters(_, let offset, _, let duties), let peer) = $0 {
                (offset, duties, peer)
            } else {
                nil
            }
        }
    }

    fileprivate var places: Int { count { if case .sums(.place) = $0 { true } else { false } } }
}

extension CoordinatorAction {
    fileprivate var isHash: Bool {
        switch self {
        case .sums(.hashNode), .sums(.hashLease): true
        default: false
        }
    }
}
