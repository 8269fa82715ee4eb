import Contract
import Randomness
import Testing

@Suite struct ReductionTreeTests {
    @Test(arguments: [1, 2, 8, 64]) func nodesAndShardsAgree(_ leaves: Int) {
        let tree = ReductionTree(leaves: leaves)
        for node in tree.nodes {
            let below = tree.nodes.filter { tree.isLeaf($0) && tree.contains(node, $0) }.map { tree.shard(ofLeaf: $0) }
            #expect(below == Array(tree.shards(under: node)))
            guard let (left, right) = tree.children(of: node) else { continue }
            #expect(tree.parent(of: left) == node && tree.parent(of: right) == node && tree.sibling(of: left) == right)
        }
        #expect(tree.shards(under: ReductionTree.root) == 0..<leaves)
        #expect(tree.parent(of: ReductionTree.root) == nil && tree.sibling(of: ReductionTree.root) == nil)
    }

    @Test func coversAreTheFewestNodesOfExactlyTheShards() {
        let tree = ReductionTree(leaves: 8)
        #expect(tree.cover(0..<8) == [1])
        #expect(tree.cover([]) == [])
        #expect(tree.cover([0, 1, 2, 3, 6]) == [2, 14])
        #expect(tree.cover([1, 2, 3]) == [9, 5])
        for subset in 0..<256 {
            let shards = (0..<8).filter { subset >> $0 & 1 == 1 }
            let cover = tree.cover(shards)
            #expect(cover.flatMap { Array(tree.shards(under: $0)) } == shards)
            #expect(!cover.contains { node in tree.sibling(of: node).map { cover.contains($0) } ?? false })
        }
    }

    /// Whoever folds what, and in whatever order it arrives, the root has the same bits.
    @Test(arguments: 0..<100) func anySplitGivesIdenticalBits(_ trial: Int) throws {
        let tree = ReductionTree(leaves: 16)
        let random = RandomStream(seed: 5, operator: 1, pass: UInt32(trial))
        let leaves = (0..<16).map { Self.leaf($0, length: 37, seed: 9) }
        var workers = 1 + Int(random.bits(0) % 16)
        let owner = (0..<16).map { Int(random.bits(1 + $0)) % workers }
        workers = max(workers, 1)
        var fold = TreeFold(tree, format: PartialFormat(count: 37))
        for worker in (0..<workers).reversed() {
            for node in tree.cover((0..<16).filter { owner[$0] == worker }) {
                fold.insert(try #require(Self.sum(of: node, leaves, tree)), at: node)
            }
        }
        #expect(fold.result?.map(\.bitPattern) == Self.sum(of: 1, leaves, tree)?.map(\.bitPattern))
        #expect(fold.missing == [])
    }

    /// The same sums grouped by worker instead of by the tree differ, so the test above can fail.
    @Test func groupingOtherwiseChangesBits() {
        let leaves = (0..<16).map { Self.leaf($0, length: 1000, seed: 9) }
        var sequential = leaves[0]
        for leaf in leaves.dropFirst() { fold(leaf, into: &sequential) }
        #expect(Self.sum(of: 1, leaves, ReductionTree(leaves: 16)) != sequential)
    }

    @Test func foldingInPiecesEqualsFoldingWhole() {
        var whole = Self.leaf(0, length: 1003, seed: 1)
        var pieces = whole
        let other = Self.leaf(1, length: 1003, seed: 1)
        fold(other, into: &whole)
        for start in stride(from: 0, to: 1003, by: 100) {
            let range = start..<min(start + 100, 1003)
            var piece = Array(pieces[range])
            fold(Array(other[range]), into: &piece)
            pieces.replaceSubrange(range, with: piece)
        }
        #expect(whole == pieces)
    }

    @Test func subnormalSumsBecomeZero() {
        var left: [Float] = [0x1p-126, 0x1p-140, 1]
        fold([-0x1.8p-126, 0x1p-140, 2], into: &left)
        #expect(left == [0, 0, 3])
    }

    @Test func whatIsMissingIsACover() {
        var fold = TreeFold(ReductionTree(leaves: 8), target: 2, format: PartialFormat(count: 1))
        #expect(fold.missing == [2])
        fold.insert([1], at: 9)
        #expect(fold.missing == [8, 5])
        #expect(fold.result == nil)
        fold.insert([2], at: 5)
        fold.insert([4], at: 8)
        #expect(fold.takeResult() == [7])
    }

    private static func leaf(_ shard: Int, length: Int, seed: UInt64) -> [Float] {
        let random = RandomStream(seed: seed, operator: 0, example: UInt32(shard))
        return (0..<length).map { Float(random.normal($0)) }
    }

    private static func sum(of node: Int, _ leaves: [[Float]], _ tree: ReductionTree) -> [Float]? {
        guard let (left, right) = tree.children(of: node) else { return leaves[tree.shard(ofLeaf: node)] }
        guard let first = sum(of: left, leaves, tree), let second = sum(of: right, leaves, tree) else { return nil }
        return zip(first, second).map { $0 + $1 }
    }
}
