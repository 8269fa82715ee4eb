import Contract
import SeededRandomness
import Testing

@testable import Coordination

/// Duties in two levels.
@Suite struct GroupsTests {
    private static let sizes = [(2, 2), (3, 2), (5, 2), (8, 4), (16, 4), (21, 4), (64, 8), (70, 8)]

    private func duties(_ holders: Int, _ groups: Int) -> Duties {
        Duties(number: 1, holders: (0..<holders).map { [UInt8($0)] }, groups: groups)
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

    @Test func groupsThatCannotBeAreNoDuties() throws {
        let good = Envelope(CoordinatorMessage.duties(duties(4, 2)), fence: Samples.fence).encoded
        let count = try #require(good.indices.first { good[$0] == 2 && $0 >= 48 })
        for groups in [0, 3, 8] as [UInt8] {
            var bytes = good
            bytes[count] = groups
            #expect(throws: WireError.invalid("duties")) { try Envelope<CoordinatorMessage>(decoding: bytes) }
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

    private let duties = Duties(number: 1, holders: [[1], [2], [3], [4]], groups: 2)

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
        for bad in [piece(4), piece(3), piece(1), piece(6, offset: 16)] {
            let actions = hear(.sum(bad), in: &bench)
            #expect(!actions.contains(.keepPiece(bad, isOwn: false)))
        }
        #expect(bench.state.malformed == 5)
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
                actions = bench.hear(.duties(Duties(number: number, holders: duties.holders, groups: groups)))
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
        let other = hear(.parameters(offset: 16, bytes: 16, duties: 1), in: &bench)
        #expect(!other.contains { if case .passParameters = $0 { true } else { false } })
    }

    // MARK: - The coordinator

    private func desk(workers: Int = 4, reduction: Reduction, shards: Int = 8) -> (desk: Desk, peers: [Peer]) {
        var desk = Desk(shards: shards, reduction: reduction)
        let peers = (1...workers).map { Peer([UInt8($0)]) }
        for peer in peers {
            _ = desk.handle(.received(desk.hello(from: peer), from: peer))
            _ = desk.handle(.located(peer, address: "tcp://10.0.0.\(peer.identity[0]):7100", key: ""))
            _ = desk.say(.attach, from: peer)
            _ = desk.say(.ready(probe: "probe"), from: peer)
        }
        for peer in peers { _ = desk.say(.reached(peers.filter { $0 != peer }.map(\.identity)), from: peer) }
        return (desk, peers)
    }

    /// A sum of two chunks: three holders are more than it has.
    @Test(arguments: [
        (Reduction.groups, 4, 2), (.groups, 16, 4), (.scatter, 16, 1), (.auto, 16, 4), (.auto, 2, 1), (.auto, 3, 2),
    ])
    func thereAreAboutAsManyGroupsAsMembersOfOne(reduction: Reduction, workers: Int, groups: Int) {
        var (desk, _) = desk(workers: workers, reduction: reduction, shards: 16)
        let duties = desk.handle(.begin(Round(step: 0, kind: .training))).duties
        #expect(duties.map(\.groups) == Array(repeating: groups, count: workers))
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
