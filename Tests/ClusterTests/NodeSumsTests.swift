import Contract
import Coordination
import Messaging
import Testing

@testable import Cluster

@Suite struct NodeSumsTests {
    @Test func aLeafOfAnEarlierMembershipAddsNothing() {
        let sums = NodeSums(ReductionTree(leaves: 2))
        let round = Round(step: 3, kind: .training)
        let old = Leaf(round: round, node: 1, shard: 0)
        sums.expect(old)
        sums.forget(round, node: 1)
        let leaves = (0..<2).map { Leaf(round: round, node: 1, shard: $0, membership: 1) }
        for leaf in leaves { sums.expect(leaf) }
        sums.insert([7], of: old)
        for leaf in leaves { sums.insert([1], of: leaf) }
        let chunk = WorkerMessage.PartialChunk(round: round, lease: 1, node: 1, offset: 0, bytes: 4)
        var result: [Float] = [0]
        sums.message(chunk).copyFloats(into: &result, at: 0)
        #expect(result == [2])
    }
}
