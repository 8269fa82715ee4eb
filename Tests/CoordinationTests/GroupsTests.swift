import Contract
import SeededRandomness
import Testing

@testable import Coordination

/// Duties in two levels.
@Suite struct GroupsTests {
    private static let sizes = [(2, 2), (3, 2), (5, 2), (8, 4), (16, 4), (21, 4), (64, 8), (70, 8)]

    private func duties(_ holders: Int, _ groups: Int) -> Duties {
        Self.duties(1, (0..<holders).map { [UInt8($0)] }, groups)
    }

    /// Groups of as many members, or one more.
    private static func duties(_ number: UInt64, _ holders: [[UInt8]], _ groups: Int) -> Duties {
        let ends = (0...groups).map { $0 * holders.count / groups }
        return Duties(number: number, groups: zip(ends, ends.dropFirst()).map { Array(holders[$0..<$1]) })
    }

    /// Where chunks are fewer than workers, no host has more of them than another.
    @Test(arguments: sizes) func groupsHaveChunksInTurn(holders: Int, groups: Int) {
        let duties = duties(holders, groups)
        for count in [1, 6, 41] {
            let chunks = duties.groups.map { $0.flatMap { duties.chunks(of: $0, among: count) } }
            #expect(chunks.flatMap { $0 }.sorted() == Array(0..<count))
            let counts = chunks.map(\.count)
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        }
    }

    /// A group's nodes have one adder for each chunk, which is in that group; what is above belongs to the holder.
    @Test(arguments: sizes) func everyNodeOfAGroupHasOneAdderInIt(holders: Int, groups: Int) {
        let duties = duties(holders, groups)
        for chunk in 0..<80 {
            for group in 0..<groups {
                let root = groups + group
                #expect(duties.adder(ofChunk: chunk, of: root) == duties.holder(ofChunk: chunk))
                let below = [2 * root, 2 * root + 1, 4 * root + 3, 8 * root]
                let adders = Set(below.map { duties.adder(ofChunk: chunk, of: $0) })
                #expect(adders.count == 1)
                let number = Int(adders.first?.first ?? 255)
                #expect((group * holders / groups..<(group + 1) * holders / groups).contains(number))
            }
            #expect(duties.adder(ofChunk: chunk, of: 1) == duties.holder(ofChunk: chunk))
        }
    }

    /// Whoever begins with a chunk of the parameters, everybody is sent it once.
    @Test(arguments: sizes + [(1, 1), (7, 1)]) func everybodyIsSentEachChunkOnce(holders: Int, groups: Int) {
        let duties = duties(holders, groups)
        for chunk in 0..<80 {
            var waiting = [duties.holder(ofChunk: chunk)]
            var sent = waiting
            while let next = waiting.popLast() {
                let receivers = duties.receivers(ofChunk: chunk, from: next)
                waiting += receivers
                sent += receivers
            }
            #expect(sent.count == holders && Set(sent).count == holders)
        }
    }

    // MARK: - A worker

    /// A member, [3], of the second of two groups of two.
    private func bench() -> Bench {
        var bench = Bench()
        bench.join()
        let entries = (1...4).map {
            PeerEntry(identity: [$0], name: "node\($0)", address: "tcp://10.0.0.\($0):7100", key: "")
        }
        _ = bench.hear(.peers(.init(own: [3], entries: entries)))
        for identity: UInt8 in [1, 2, 4] {
            _ = bench.handle(.receivedFromPeer(Envelope(.greeted, fence: Samples.fence), .line([identity])))
        }
        return bench
    }

    private let duties = Duties(number: 1, groups: [[[1], [2]], [[3], [4]]])

    private func piece(_ node: Int, offset: Int = 0) -> SumPiece {
        SumPiece(
            round: Round(step: 0, kind: .training), duties: 1, node: node, offset: offset, bytes: min(16, 20 - offset))
    }

    private func hear(_ message: PeerMessage, in bench: inout Bench) -> [WorkerAction] {
        bench.handle(.receivedFromPeer(Envelope(message, fence: Samples.fence), .door([77])))
    }

    @Test func whatAGroupHasAddedGoesToTheHolderOfTheChunkOnce() {
        var bench = bench()
        _ = bench.hear(.duties(duties))
        let first = hear(.sum(piece(6)), in: &bench)
        #expect(first.contains(.keepPiece(piece(6), isOwn: false)) && !first.contains(.handOnPiece(piece(3), to: [1])))
        let second = hear(.sum(piece(7)), in: &bench)
        #expect(second.suffix(2) == [.addPieces(piece(3)), .handOnPiece(piece(3), to: [1])])
        let again = hear(.sum(piece(7)), in: &bench)
        #expect(!again.contains(.handOnPiece(piece(3), to: [1])))
    }

    @Test func whatCameBeforeTheDutiesIsHandedOnWithThem() {
        var bench = bench()
        for node in 6...7 { _ = hear(.sum(piece(node)), in: &bench) }
        let actions = bench.hear(.duties(duties))
        #expect(actions.contains(.handOnPiece(piece(3), to: [1])))
    }

    @Test func piecesOfOtherGroupsAreNotTaken() {
        var bench = bench()
        _ = hear(.sum(piece(4)), in: &bench)
        let news = bench.hear(.duties(duties))
        #expect(news.contains(.forgetPieces))
        for bad in [piece(4), piece(3), piece(1)] {
            let actions = hear(.sum(bad), in: &bench)
            #expect(!actions.contains(.keepPiece(bad, isOwn: false)))
        }
        #expect(bench.state.malformed == 4)
    }

    @Test func aLatePieceOfAnEarlierStepHandsNothingOn() {
        var bench = bench()
        _ = bench.hear(.duties(duties))
        for node in 6...7 {
            var next = piece(node)
            next.round = Round(step: 1, kind: .training)
            var fence = Samples.fence
            fence.step = 1
            _ = bench.handle(.receivedFromPeer(Envelope(.sum(next), fence: fence), .door([77])))
        }
        let late = hear(.sum(piece(6)), in: &bench)
        #expect(!late.contains { if case .handOnPiece = $0 { true } else { false } })
    }

    /// Pieces of any step, duties, node and place, and duties that change: what is added or handed on is here.
    @Test(arguments: 0..<20 as Range<UInt64>) func nothingIsAddedOrHandedOnThatIsNotHere(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bench = bench()
        var held: Set<[Int]> = []
        var number: UInt64 = 0
        for _ in 0..<2_000 {
            var actions: [WorkerAction] = []
            if Int.random(in: 0..<40, using: &random) == 0 {
                number += 1
                let groups = [1, 2, 4].randomElement(using: &random) ?? 1
                actions = bench.hear(.duties(Self.duties(number, duties.holders, groups)))
            } else {
                let step = Int.random(in: 0...1, using: &random)
                var piece = piece(
                    Int.random(in: 1...15, using: &random), offset: [0, 16].randomElement(using: &random) ?? 0)
                piece.round = Round(step: step, kind: .training)
                piece.duties = number + UInt64.random(in: 0...2, using: &random) - min(number, 1)
                var fence = Samples.fence
                fence.step = step
                actions = bench.handle(.receivedFromPeer(Envelope(.sum(piece), fence: fence), .door([77])))
                actions += bench.handle(.receivedFromPeer(Envelope(.credit(bytes: 16), fence: fence), .line([1])))
            }
            for action in actions {
                switch action {
                case .keepPiece(let piece, _): held.insert([piece.node, piece.offset])
                case .discardPiece(let piece): #expect(held.remove([piece.node, piece.offset]) != nil)
                case .addPieces(let piece):
                    #expect(held.remove([2 * piece.node, piece.offset]) != nil)
                    #expect(held.remove([2 * piece.node + 1, piece.offset]) != nil)
                    held.insert([piece.node, piece.offset])
                case .handOnPiece(let piece, _), .uploadPiece(let piece):
                    #expect(held.remove([piece.node, piece.offset]) != nil)
                case .forgetPieces: held = []
                default: break
                }
            }
        }
        #expect(number > 20)
    }

    @Test func parametersOfAnotherGroupGoToTheRestOfThisOne() {
        var bench = bench()
        _ = bench.hear(.duties(duties))
        let chunk = PassedParameters(step: 0, duties: 1, offset: 0, bytes: 16)
        let actions = hear(.parameters(offset: 0, bytes: 16, duties: 1), in: &bench)
        #expect(actions.contains(.keepParameters(step: 0, offset: 0)))
        #expect(actions.contains(.passParameters(chunk, to: [4])))
        _ = bench.hear(.duties(Duties(number: 2, groups: [[[1], [2]], [[4], [3]]])))
        let other = hear(.parameters(offset: 0, bytes: 16, duties: 2), in: &bench)
        #expect(!other.contains { if case .passParameters = $0 { true } else { false } })
    }

    // MARK: - The coordinator

    /// - Parameter hosts: How many hosts they are on, in turn; each on its own, if not given.
    private func desk(
        workers: Int = 4, reduction: Reduction, shards: Int = 8, hosts: Int = .max,
        chunkBytes: Int = Samples.sizes.chunkBytes
    ) -> (desk: Desk, peers: [Peer]) {
        var desk = Desk(shards: shards, reduction: reduction, chunkBytes: chunkBytes)
        let peers = (1...workers).map { Peer([UInt8($0)]) }
        for peer in peers { join(peer, hosts: hosts, in: &desk) }
        for peer in peers { _ = desk.say(.reached(peers.filter { $0 != peer }.map(\.identity)), from: peer) }
        return (desk, peers)
    }

    private func join(_ peer: Peer, hosts: Int, in desk: inout Desk) {
        _ = desk.handle(.received(desk.hello(from: peer), from: peer))
        let number = Int(peer.identity[0])
        let address = "tcp://10.0.0.\(number % hosts):\(7100 + number)"
        _ = desk.handle(.located(peer, address: address, key: ""))
        _ = desk.say(.attach, from: peer)
        _ = desk.say(.ready(probe: "probe"), from: peer)
    }

    /// A sum of two chunks: three holders are more than it has.
    @Test(arguments: [
        (Reduction.groups, 4, 2), (.groups, 16, 4), (.scatter, 16, 1), (.auto, 16, 4), (.auto, 2, 1), (.auto, 3, 2),
    ])
    func thereAreAboutAsManyGroupsAsMembersOfOne(reduction: Reduction, workers: Int, groups: Int) {
        var (desk, _) = desk(workers: workers, reduction: reduction, shards: 16)
        let duties = desk.handle(.begin(Round(step: 0, kind: .training))).duties
        #expect(duties.map(\.groups.count) == Array(repeating: groups, count: workers))
    }

    /// Workers who joined in turn, a host's in one group whose node they compute; of unlike numbers they scatter, or form groups of as many.
    @Test(arguments: [
        (Reduction.auto, 4, 2, [[2, 4], [1, 3]]), (.groups, 6, 2, [[2, 4, 6], [1, 3, 5]]),
        (.auto, 8, 4, [[4, 8], [1, 5], [2, 6], [3, 7]]), (.scatter, 4, 2, [[1, 2, 3, 4]]),
        (.auto, 6, 3, [[3, 6, 1], [4, 2, 5]]), (.auto, 5, 2, [[1, 2, 3, 4, 5]]),
    ])
    func theWorkersOfAHostAreAGroup(reduction: Reduction, workers: Int, hosts: Int, groups: [[UInt8]]) throws {
        var (desk, peers) = desk(workers: workers, reduction: reduction, shards: 16, hosts: hosts, chunkBytes: 4)
        let actions = desk.handle(.begin(Round(step: 0, kind: .training)))
        let duties = try #require(actions.duties.first)
        #expect(Set(duties.groups.map { Set($0.map { $0[0] }) }) == Set(groups.map { Set($0) }))
        guard duties.groups.count > 1, hosts.nonzeroBitCount == 1 else { return }
        let tree = desk.state.tree
        for (number, group) in duties.groups.enumerated() {
            let shards = tree.shards(under: duties.groups.count + number)
            for lease in peers.filter({ group.contains($0.identity) }).flatMap(actions.leases) {
                #expect(tree.shards(under: lease.node).allSatisfy(shards.contains), "\(lease)")
            }
        }
    }

    /// Six and twelve workers, whose shares no node holds, all of one host and then all of the other.
    @Test(arguments: [6, 12]) func theShardsOfAHostAreItsOwnWhoeverJoinedFirst(workers: Int) throws {
        let tree = ReductionTree(leaves: 16)
        let shares = (0..<workers).map { index in
            let home = tree.shards(under: 2 + index * 2 / workers)
            return Assignment.Share(peer: Peer([UInt8(index)]), speed: 1, holdings: [], home: home)
        }
        let grants = Assignment.distribute(Array(0..<16), over: shares, in: tree)
        for (share, grants) in shares.map({ share in (share, grants.filter { $0.peer == share.peer }) }) {
            let shards = grants.flatMap { Array(tree.shards(under: $0.node)) }
            #expect(shards.allSatisfy(share.home.contains), "\(shards)")
        }
    }

    /// Who leaves and comes again is as new, and its host computes what it did.
    @Test func aHostWhoseWorkerComesAgainHasTheSameShards() throws {
        var (desk, peers) = desk(reduction: .auto, shards: 16, hosts: 2, chunkBytes: 4)
        let round = Round(step: 0, kind: .training)
        func shards(_ actions: [CoordinatorAction], _ peers: [Peer], _ tree: ReductionTree) -> Set<Int> {
            Set(peers.flatMap(actions.leases).flatMap { Array(tree.shards(under: $0.node)) })
        }
        let tree = desk.state.tree
        let (odd, even) = ([peers[0], peers[2]], [peers[1], peers[3]])
        let first = desk.handle(.begin(round))
        let before = shards(first, odd, tree)
        #expect(before.count == 8 && before.isDisjoint(with: shards(first, even, tree)))
        for peer in peers {
            for lease in first.leases(of: peer) {
                _ = desk.say(.delivered(.init(round: round, lease: lease.identifier, node: lease.node)), from: peer)
            }
        }
        _ = desk.say(.leaving, from: peers[0])
        desk.now += .seconds(1)
        peers[0] = Peer([11])
        join(peers[0], hosts: 2, in: &desk)
        for peer in peers { _ = desk.say(.reached(peers.filter { $0 != peer }.map(\.identity)), from: peer) }
        let again = desk.handle(.begin(Round(step: 1, kind: .training)))
        #expect(again.duties.first?.groups.count == 2)
        #expect(shards(again, [peers[0], peers[2]], tree) == before)
    }

    /// It passes on what others compute with, and takes nothing of a step of which it has not heard. Three workers for two shards and two chunks.
    @Test func whoHasNeitherWorkNorChunksHearsOfEachStep() throws {
        var (desk, peers) = desk(workers: 3, reduction: .scatter, shards: 2)
        for step in 0..<3 {
            let actions = desk.handle(.begin(Round(step: step, kind: .training)))
            let idle = try #require(peers.first { actions.leases(of: $0).isEmpty })
            let steps = actions.compactMap { action -> Int? in
                if case .send(.heartbeat, let step, idle) = action { step } else { nil }
            }
            #expect(steps == [step])
            for peer in peers {
                for lease in actions.leases(of: peer) {
                    let delivery = WorkerMessage.Delivery(round: lease.round, lease: lease.identifier, node: lease.node)
                    _ = desk.say(.delivered(delivery), from: peer)
                }
            }
        }
    }

    /// The news of a step may be slower than what others pass on; of one that is far ahead, no word is true.
    @Test func parametersOfStepsThatAreNotYetKnownArePassedOn() {
        var bench = bench()
        _ = bench.hear(.duties(duties))
        func passes(_ step: Int) -> Bool {
            var fence = Samples.fence
            fence.step = step
            let message = PeerMessage.parameters(offset: 0, bytes: 16, duties: 1)
            let actions = bench.handle(.receivedFromPeer(Envelope(message, fence: fence), .door([77])))
            return actions.contains(
                .passParameters(PassedParameters(step: step, duties: 1, offset: 0, bytes: 16), to: [4]))
        }
        #expect(passes(1) && passes(2) && passes(3) && !passes(500))
    }

    /// Who adds is said where it is news, and that nobody does once it has been so for longer than a worker may be silent.
    @Test func whoAddsIsSaidOnce() {
        var (desk, peers) = desk(workers: 3, reduction: .scatter)
        let first = desk.handle(.begin(Round(step: 0, kind: .training)))
        #expect(first.notices.filter { $0.contains("add the gradients") }.count == 1)
        _ = desk.say(.reached([]), from: peers[1])
        _ = desk.say(.reached(peers.filter { $0 != peers[1] }.map(\.identity)), from: peers[1])
        let again = desk.handle(.begin(Round(step: 1, kind: .training)))
        #expect(!again.duties.isEmpty && !again.notices.contains { $0.contains("add the gradients") })
        for peer in peers { _ = desk.say(.reached([]), from: peer) }
        var told: [String] = desk.handle(.begin(Round(step: 2, kind: .training))).notices
        for _ in 0..<24 {
            #expect(!told.contains { $0.contains("through the coordinator now") } || desk.now > .seconds(5))
            desk.now += .milliseconds(250)
            for peer in peers { told += desk.say(.heartbeat(busy: 0), from: peer).notices }
            told += desk.handle(.tick).notices
        }
        let star = "all gradients and parameters go through the coordinator now"
        #expect(told.filter { $0 == star }.count == 1, "\(told)")
    }

    @Test func whereSumsDoNotGetThroughGroupsTheRoundGoesOnWithoutThem() {
        let round = Round(step: 0, kind: .training)
        var (desk, peers) = desk(reduction: .groups)
        let first = desk.handle(.begin(round))
        for peer in peers {
            for lease in first.leases(of: peer) {
                _ = desk.say(.delivered(.init(round: round, lease: lease.identifier, node: lease.node)), from: peer)
            }
        }
        var actions: [CoordinatorAction] = []
        for _ in 0..<24 {
            desk.now += .milliseconds(250)
            for peer in peers { actions += desk.say(.heartbeat(busy: 0), from: peer) }
            actions += desk.handle(.tick)
        }
        #expect(actions.duties.first == Duties(number: 2, holders: peers.map(\.identity)))
    }
}

extension [CoordinatorAction] {
    fileprivate var duties: [Duties] {
        compactMap { if case .send(.duties(let duties), _, _) = $0 { duties } else { nil } }
    }
}
