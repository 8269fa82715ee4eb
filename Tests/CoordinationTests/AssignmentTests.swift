import Contract
import SeededRandomness
import Testing

@testable import Coordination

@Suite struct AssignmentTests {
    private func share(
        _ name: UInt8, speed: Double = 1, upload: Double = 0, holding: some Sequence<Int> = [], home: Range<Int> = 0..<0
    ) -> Assignment.Share {
        Assignment.Share(peer: Peer([name]), speed: speed, upload: upload, holdings: Set(holding), home: home)
    }

    private func nodes(
        _ shards: some Sequence<Int>, over shares: [Assignment.Share], leaves: Int = 8
    ) -> [[Int]] {
        let grants = Assignment.distribute(Array(shards), over: shares, in: ReductionTree(leaves: leaves))
        return shares.map { share in grants.filter { $0.peer == share.peer }.map(\.node) }
    }

    @Test func aloneAWorkerGetsTheRoot() {
        #expect(nodes(0..<8, over: [share(1)]) == [[1]])
    }

    @Test func twoWorkersGetOneNodeEach() {
        #expect(nodes(0..<8, over: [share(1), share(2)]) == [[2], [3]])
    }

    @Test func threeWorkersAreWithinOneShardOfEachOther() {
        #expect(nodes(0..<8, over: [share(1), share(2), share(3)]) == [[4, 14], [5, 15], [6]])
    }

    @Test func speedsWeigh() {
        #expect(nodes(0..<8, over: [share(1, speed: 3), share(2)]) == [[2, 6], [7]])
    }

    /// Five shards are two uploads, and four are one.
    @Test(arguments: [(0.0, [[2, 14], [6, 15]]), (0.1, [[2, 14], [6, 15]]), (0.4, [[2], [3]])])
    func blocksAreAsSmallAsUploadsAllow(upload: Double, expected: [[Int]]) {
        let found = nodes(0..<8, over: [share(1, speed: 5, upload: upload), share(2, speed: 3, upload: upload)])
        #expect(found == expected)
    }

    @Test func shardsStayWhereTheirPixelsAre() {
        #expect(nodes(0..<8, over: [share(1, holding: 4..<8), share(2, holding: 0..<4)]) == [[3], [2]])
        #expect(nodes(0..<8, over: [share(1), share(2, holding: 0..<4)]) == [[3], [2]])
    }

    /// Four in two groups. Their pixels are elsewhere but for the third's, and move once.
    @Test func groupsComputeWhatTheyAddWhereverThePixelsAre() {
        let shares = [
            share(1, holding: 0..<8, home: 0..<4), share(2, holding: 0..<4, home: 4..<8),
            share(3, holding: 2..<4, home: 0..<4), share(4, home: 4..<8),
        ]
        #expect(nodes(0..<8, over: shares) == [[4], [6], [5], [7]])
        #expect(nodes(0..<8, over: [share(1, speed: 3, home: 0..<4), share(2, home: 4..<8)]) == [[2, 6], [7]])
    }

    @Test func workersBeyondTheShardsGetNothing() {
        #expect(nodes(0..<2, over: [share(1), share(2), share(3)], leaves: 2) == [[2], [3], []])
    }

    @Test func whatOneLeftBehindIsSplitAmongTheOthers() {
        #expect(nodes(4..<8, over: [share(1), share(2)]) == [[6], [7]])
        #expect(nodes([5], over: [share(1), share(2, holding: [5])]) == [[], [13]])
        #expect(nodes([1, 2], over: [share(1)]) == [[9, 10]])
    }

    @Test func everyShardIsGivenOutOnceWhateverTheSituation() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let leaves = 1 << Int.random(in: 0...6, using: &generator)
            let tree = ReductionTree(leaves: leaves)
            let shards = (0..<leaves).filter { _ in Bool.random(using: &generator) }
            let shares = (0..<UInt8.random(in: 1...9, using: &generator)).map { name in
                share(
                    name, speed: Double.random(in: 0.5...4, using: &generator),
                    holding: (0..<leaves).filter { _ in Bool.random(using: &generator) })
            }
            let grants = Assignment.distribute(shards, over: shares, in: tree)
            #expect(grants.flatMap { tree.shards(under: $0.node) }.sorted() == shards)
        }
    }
}
