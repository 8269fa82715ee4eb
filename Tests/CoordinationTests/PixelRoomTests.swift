import Contract
import Testing

@testable import Coordination

/// Pixels in a worker whose memory is short: 8 shards with 12 or 13 training and 2 or 3 held-out examples of a megabyte each, and
/// microbatches of 4.
@Suite struct PixelRoomTests {
    /// Drives a worker that may use so many megabytes.
    private struct Shelf {
        var state: WorkerState
        /// The examples that are here, as the actions say.
        var held: [PixelSplit: Set<UInt32>] = [:]
        var ending: String?
        var notices: [Notice] = []
        /// Whether the network holds up the pixels that it asks for from now on.
        var isHeldUp = false
        private var underWay: [WorkerMessage.RowsWanted] = []
        private var lease: UInt64 = 0

        init(megabytes: Int, graphMegabytes: Int = 0) {
            state = WorkerState(
                .init(hello: Samples.hello(""), endpoint: "ipc://x", memoryLimit: megabytes * 1_000_000))
            _ = state.handle(.begin, at: .zero)
            let welcome = CoordinatorMessage.Welcome(
                name: "worker-1", contract: Samples.contract().canonicalJSON, parameterBytes: 40, partialBytes: 20,
                evaluationBytes: 8, exampleBytes: 1_000_000, chunkBytes: 16, windowBytes: 64)
            hear(.welcome(welcome))
            take(state.handle(.prepared(probe: "probe", graphBytes: graphMegabytes * 1_000_000), at: .zero))
            hear(.accepted)
        }

        /// Gives it leases of a step's nodes, all pixels that it asks for, and the results of its leaves.
        mutating func compute(_ nodes: [Int], step: Int, checks: [Int] = []) throws -> [Leaf] {
            let round = Round(step: step, kind: .training)
            var leaves: [Leaf] = []
            for node in nodes + checks {
                lease += 1
                let isCheck = checks.contains(node)
                leaves += hear(.lease(.init(identifier: lease, round: round, node: node, isCheck: isCheck)), step)
            }
            for part in [(0, 16), (16, 16), (32, 8)] {
                leaves += hear(.parameters(offset: part.0, bytes: part.1), step)
            }
            return try finish(leaves, step: step)
        }

        /// Ends leaves, and those that start then.
        @discardableResult mutating func finish(_ started: [Leaf], step: Int) throws -> [Leaf] {
            var leaves = started
            var next = 0
            while next < leaves.count {
                let needed = try Samples.contract().plan()
                    .microbatch(step: step, shard: leaves[next].shard, seed: 7).examples
                #expect(held[.training]?.isSuperset(of: needed) == true, "computed without its pixels")
                leaves += take(state.handle(.leafFinished(leaves[next]), at: .zero))
                next += 1
            }
            return leaves
        }

        @discardableResult mutating func hear(_ message: CoordinatorMessage, _ step: Int = 0) -> [Leaf] {
            take(
                state.handle(
                    .received(Envelope(message, fence: Fence(run: Samples.run, epoch: 1, step: step))), at: .zero))
        }

        /// Notes what the actions do, and sends what they ask for.
        @discardableResult private mutating func take(_ actions: [WorkerAction]) -> [Leaf] {
            let leaves = actions.leaves
            for action in actions {
                switch action {
                case .placeRows(let split, let examples): held[split, default: []].formUnion(examples.compactMap { $0 })
                case .forgetPixels(let shard):
                    for split in PixelSplit.allCases { held[split] = held[split]?.filter { Int($0) % 8 != shard } }
                case .end(let sentence, .failed): ending = sentence
                case .note(let notice): notices.append(notice)
                default: break
                }
            }
            // What is to hurry is under way already.
            underWay += actions.wanted.filter { !$0.examples.isEmpty && $0.purpose != .hurry }
            return isHeldUp ? leaves : leaves + deliver()
        }

        /// Hands over what it asked for.
        @discardableResult mutating func deliver() -> [Leaf] {
            var leaves: [Leaf] = []
            while !underWay.isEmpty {
                let wanted = underWay.removeFirst()
                let bytes = wanted.examples.count * 1_000_000
                leaves += hear(.rows(.init(split: wanted.split, examples: wanted.examples, bytes: bytes)), wantedStep)
            }
            return leaves
        }

        private var wantedStep: Int { state.round?.step ?? 0 }

        var megabytes: Int { held.values.reduce(0) { $0 + $1.count } }
    }

    @Test func whatFitsIsAskedForOnceAndKept() throws {
        var shelf = Shelf(megabytes: 200)
        #expect(try shelf.compute([1], step: 0).count == 8)
        #expect(shelf.megabytes == 100 + 21)
        #expect(try shelf.compute([1], step: 1).count == 8)
        #expect(shelf.notices.allSatisfy { if case .crowded = $0 { false } else { true } })
    }

    /// As one survivor after the other would, if one ended.
    @Test func aWorkerWithMoreShardsThanFitGoesOnAndNeverHoldsMore() throws {
        var shelf = Shelf(megabytes: 80)
        #expect(try shelf.compute([2], step: 0).count == 4)
        for step in 1..<60 {
            #expect(try shelf.compute([2, 3], step: step).count == 8)
            #expect(shelf.megabytes <= 80)
        }
        #expect(shelf.ending == nil)
        #expect(shelf.notices.count { if case .crowded = $0 { true } else { false } } == 1)
    }

    @Test func roomIsLeftForWhatAnEvaluationTakesOfTheOtherShards() throws {
        var contract = Samples.contract(shards: 8)
        (contract.trainingExamples, contract.validationExamples, contract.microbatch) = (60_000, 10_000, 32)
        var room = PixelRoom(contract)
        room.capacity = 20_000
        _ = room.take(0..<8, examples: 32, isCheck: false, besides: [])
        #expect((0..<8).count { room.keeps($0) } == 1)
        _ = room.beginRound(besides: [])
        _ = room.take(0..<8, examples: 1_250, isCheck: false, besides: [])
        #expect(room.needed <= room.capacity)
    }

    @Test func checksKeepNoShardAndEndNobody() throws {
        var shelf = Shelf(megabytes: 80)
        for step in 0..<60 {
            let check = 12 + step % 4
            #expect(try shelf.compute([8, 9, 10], step: step, checks: [check]).count == 4)
            #expect(!shelf.state.assignment!.room.keeps(check - 8))
            #expect(shelf.megabytes <= 80)
        }
        #expect(shelf.ending == nil)
        // The worker's own shards were asked for once: nothing of them was forgotten for a check.
        #expect([0, 1, 2].allSatisfy(shelf.state.assignment!.room.keeps))
        var roomy = Shelf(megabytes: 200)
        _ = try roomy.compute([8], step: 0, checks: [12])
        #expect(roomy.state.assignment!.room.keeps(0) && !roomy.state.assignment!.room.keeps(4))
    }

    /// The round of a check is over before its pixels come; then they are needed once more.
    @Test func pixelsThatComeTooLateAreAskedForAnew() throws {
        var shelf = Shelf(megabytes: 80)
        shelf.isHeldUp = true
        #expect(try shelf.compute([], step: 0, checks: [12]).isEmpty)
        #expect(try shelf.compute([8], step: 1).isEmpty)
        try shelf.finish(shelf.deliver(), step: 1)
        shelf.isHeldUp = false
        #expect(try shelf.compute([], step: 0, checks: [12]).count == 1)
    }

    @Test func shardsThatAreLeasedNoMoreGiveWayToThoseThatAre() throws {
        var shelf = Shelf(megabytes: 80)
        for step in 0..<4 { _ = try shelf.compute([8, 9, 10], step: step) }
        for step in 4..<20 { _ = try shelf.compute([12, 13, 14], step: step) }
        #expect([4, 5, 6].allSatisfy(shelf.state.assignment!.room.keeps))
        #expect(!shelf.state.assignment!.room.keeps(0))
    }

    @Test func graphsTakeTheirShareOfTheMemory() throws {
        var shelf = Shelf(megabytes: 200, graphMegabytes: 120)
        for step in 0..<10 { #expect(try shelf.compute([1], step: step).count == 8) }
        #expect(shelf.megabytes <= 80)
    }

    @Test func leasesOfMorePixelsThanFitEndTheWorkerWithASentence() throws {
        var shelf = Shelf(megabytes: 30)
        #expect(try shelf.compute([2], step: 0).count == 4)
        shelf.hear(.lease(.init(identifier: 99, round: Round(step: 1, kind: .training), node: 1)), 1)
        let sentence = try #require(shelf.ending)
        #expect(sentence.contains("MB of memory here and this worker may use 30.0 MB: "), "\(sentence)")
        #expect(!sentence.contains("needs 30.0 MB"))
    }

    @Test func pixelsThatNobodyAskedForAreNotKept() throws {
        var shelf = Shelf(megabytes: 30)
        _ = try shelf.compute([8], step: 0)
        let held = shelf.held
        let needed = try Samples.contract().plan().microbatch(step: 0, shard: 0, seed: 7).examples
        let other = UInt32((0..<13).map { $0 * 8 }.first { !needed.contains(UInt32($0)) }!)
        shelf.hear(.rows(.init(split: .training, examples: [other], bytes: 1_000_000)))
        #expect(shelf.held == held)
    }
}
