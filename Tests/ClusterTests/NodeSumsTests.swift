import Contract
import Coordination
import Dispatch
import Messaging
import Randomness
import Synchronization
import Testing

@testable import Cluster

@Suite struct NodeSumsTests {
    private let round = Round(step: 3, kind: .training)

    private func sums(_ shards: Int, _ format: PartialFormat, chunkBytes: Int) -> NodeSums {
        NodeSums(
            ReductionTree(leaves: shards), training: format, evaluation: PartialFormat(count: 3),
            chunkBytes: chunkBytes)
    }

    /// Computes a leaf, and answers the chunks that became final.
    private func add(
        _ leaf: Leaf, _ values: [Float], to sums: NodeSums, ranges: [Range<Int>]? = nil, counts: Bool = true
    ) -> [Int] {
        let ready = Mutex<[Int]>([])
        if let result = sums.result(of: leaf, whenFinal: { chunk in ready.withLock { $0.append(chunk) } }) {
            result.write { partial in
                for range in ranges ?? [0..<values.count] {
                    for index in range { partial[index] = values[index] }
                    result.take(range, partial.span)
                }
            }
            sums.finish(result, counts: counts)
        }
        return ready.withLock { $0 }
    }

    private func sum(_ sums: NodeSums, _ format: PartialFormat, chunkBytes: Int) -> [Float] {
        var chunks = PartialChunks(ChunkGrid(format: format, chunkBytes: chunkBytes))
        for index in chunks.grid.indices {
            let chunk = WorkerMessage.PartialChunk(
                round: round, lease: 1, node: 1, offset: index * chunkBytes, bytes: 0)
            chunks[index] = .message(SharedMessage(sums.message(chunk.round, chunk.node, at: chunk.offset)))
        }
        return elements(of: chunks)
    }

    private func elements(of chunks: PartialChunks) -> [Float] {
        var result = [Float](repeating: 0, count: chunks.grid.format.count)
        for index in chunks.grid.indices {
            var all = result.mutableSpan
            var elements = all._mutatingExtracting(chunks.grid.piece(index).elements)
            chunks.read(index, into: &elements)
        }
        return result
    }

    /// Two threads that end together: whichever is second must find the first's leaf, or no chunk would ever be final.
    @Test func twoLeavesThatEndTogetherMakeEveryChunkFinal() {
        let format = PartialFormat(count: 8)
        for _ in 0..<3_000 {
            let sums = sums(2, format, chunkBytes: 16)
            let leaves = (0..<2).map { Leaf(round: round, node: 1, shard: $0) }
            for leaf in leaves { sums.expect(leaf) }
            let final = Mutex<Set<Int>>([])
            DispatchQueue.concurrentPerform(iterations: 2) { index in
                let result = sums.result(of: leaves[index]) { chunk in final.withLock { _ = $0.insert(chunk) } }
                guard let result else { return }
                result.write { partial in
                    for element in partial.indices { partial[element] = 1 }
                    result.take(0..<8, partial.span)
                }
                sums.finish(result, counts: true)
            }
            #expect(final.withLock { $0 } == [0, 1])
        }
    }

    @Test func aLeafOfAnEarlierMembershipAddsNothing() {
        let format = PartialFormat(count: 1)
        let sums = sums(2, format, chunkBytes: 4)
        let old = Leaf(round: round, node: 1, shard: 0)
        sums.expect(old)
        sums.forget(round, node: 1)
        let leaves = (0..<2).map { Leaf(round: round, node: 1, shard: $0, membership: 1) }
        for leaf in leaves { sums.expect(leaf) }
        #expect(add(old, [7], to: sums).isEmpty)
        #expect(add(leaves[0], [1], to: sums).isEmpty)
        #expect(add(leaves[1], [1], to: sums) == [0])
        #expect(sum(sums, format, chunkBytes: 4) == [2])
    }

    /// A leaf whose parameters were written over meanwhile is computed once more, as one that others wait for, and as the last.
    @Test(arguments: [false, true], [PartialFormat(count: 41), PartialFormat(count: 41, halves: 37)])
    func aLeafThatDoesNotCountIsComputedAgain(isInMemory: Bool, format: PartialFormat) throws {
        let own = try OwnMemory(slots: 2, slotBytes: format.bytes)
        let other = try SharedMemory(MemoryRegion(own))
        let slot = isInMemory ? MemorySlot(index: 1, stamp: 7) : nil
        for (node, shards) in [(1, 0..<4), (6, 2..<3)] {
            let sums = sums(4, format, chunkBytes: 16)
            let leaves = shards.map { Leaf(round: round, node: node, shard: $0, slot: slot) }
            for leaf in leaves { sums.expect(leaf, in: own) }
            let garbage = [Float](repeating: .nan, count: 41)
            for leaf in leaves {
                _ = add(leaf, garbage, to: sums, ranges: [20..<41], counts: false)
                _ = add(leaf, Self.leaves[leaf.shard], to: sums, ranges: [20..<41, 0..<20])
            }
            var chunks = PartialChunks(ChunkGrid(format: format, chunkBytes: 16))
            for index in chunks.grid.indices {
                if let slot {
                    chunks.place(other, slot, chunks.grid.bytes(of: index))
                } else {
                    let chunk = WorkerMessage.PartialChunk(
                        round: round, lease: 1, node: node, offset: index * 16, bytes: 0)
                    chunks[index] = .message(SharedMessage(sums.message(chunk.round, chunk.node, at: chunk.offset)))
                }
            }
            var fold = TreeFold(ReductionTree(leaves: 4), target: node, format: format)
            for shard in shards { fold.insert(Self.leaves[shard], at: 4 + shard) }
            #expect(elements(of: chunks) == fold.takeResult())
        }
    }

    private static let leaves = (0..<4).map { shard in
        let random = RandomStream(seed: 3, operator: 1, example: UInt32(shard))
        return (0..<41).map { Float(random.normal($0)) }
    }

    private func foldedLeaves(_ format: PartialFormat) -> [Float]? {
        var fold = TreeFold(ReductionTree(leaves: 4), format: format)
        for (shard, leaf) in Self.leaves.enumerated() { fold.insert(leaf, at: 4 + shard) }
        return fold.takeResult()
    }

    /// The same sums in memory that another process reads: whole nodes, and a node that is one leaf, computed in place.
    @Test(arguments: [1, 2], [PartialFormat(count: 41), PartialFormat(count: 41, halves: 37)])
    func sumsInMemoryAreThoseOfMessages(depth: Int, format: PartialFormat) throws {
        let own = try OwnMemory(slots: 2, slotBytes: format.bytes)
        let other = try SharedMemory(MemoryRegion(own))
        let slot = MemorySlot(index: 1, stamp: 7)
        let sums = sums(4, format, chunkBytes: 16)
        let (node, shards) = depth == 1 ? (1, 0..<4) : (6, 2..<3)
        let leaves = shards.map { Leaf(round: round, node: node, shard: $0, slot: slot) }
        for leaf in leaves { sums.expect(leaf, in: own) }
        for leaf in leaves { _ = add(leaf, Self.leaves[leaf.shard], to: sums, ranges: [20..<41, 0..<20]) }
        var chunks = PartialChunks(ChunkGrid(format: format, chunkBytes: 16))
        chunks.place(other, slot, 0..<48)
        chunks.place(other, slot, 48..<format.bytes)
        var expected = Self.leaves[2]
        var elements = expected.mutableSpan
        format.round(&elements, from: 0)
        #expect(self.elements(of: chunks) == (depth == 1 ? foldedLeaves(format) : expected))
        #expect(chunks.isIntact)
        sums.expect(Leaf(round: round, node: 5, shard: 1, slot: MemorySlot(index: 1, stamp: 8)), in: own)
        #expect(!chunks.isIntact)
    }

    /// Whatever is last and in whatever pieces it becomes final, chunks leave as soon as they can, with the tree's bits.
    @Test(arguments: [0, 1, 2, 3], [PartialFormat(count: 41), PartialFormat(count: 41, halves: 37)])
    func theLastLeafsChunksLeaveAsItIsComputed(last: Int, format: PartialFormat) throws {
        let leaves = Self.leaves
        let sums = sums(4, format, chunkBytes: 16)
        for shard in 0..<4 { sums.expect(Leaf(round: round, node: 1, shard: shard)) }
        for shard in 0..<4 where shard != last {
            #expect(add(Leaf(round: round, node: 1, shard: shard), leaves[shard], to: sums).isEmpty)
        }
        let chunks = (format.bytes + 15) / 16
        let ready = add(
            Leaf(round: round, node: 1, shard: last), leaves[last], to: sums,
            ranges: [37..<41, 20..<37, 7..<20, 0..<7])
        #expect(ready.sorted() == Array(0..<chunks))
        #expect(ready.first == chunks - 1)
        #expect(sum(sums, format, chunkBytes: 16) == foldedLeaves(format))
    }
}
