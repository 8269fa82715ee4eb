import Coordination
import Testing

@testable import Cluster

@Suite struct ReadingListTests {
    private let first = Peer([1])
    private let second = Peer([2])

    private func request(
        _ examples: [UInt32], _ peer: Peer, _ split: PixelSplit = .training
    ) -> ReadingList.Request {
        ReadingList.Request(split: split, examples: examples, peer: peer, epoch: 1)
    }

    @Test func theReaderHasOneRequestAndTheNextInTheOrderOfTheList() {
        var list = ReadingList()
        for example in 0..<4 { list.add(request([UInt32(example)], first)) }
        #expect(list.next(at: .zero) { _ in true }?.examples == [0])
        #expect(list.next(at: .zero) { _ in true }?.examples == [1])
        #expect(list.next(at: .zero) { _ in true } == nil)
        list.finish(at: .zero)
        #expect(list.next(at: .zero) { _ in true }?.examples == [2])
        #expect(list.next(at: .zero) { _ in true } == nil)
    }

    @Test func itIsKnownWhoWaits() {
        var list = ReadingList()
        list.add(request([1], first))
        list.add(request([2], first))
        list.add(request([3], second))
        #expect(Set(list.peers) == [first, second])
        while list.next(at: .zero, for: { _ in true }) != nil { list.finish(at: .zero) }
        #expect(list.peers.isEmpty)
        list.add(request([4], first))
        _ = list.next(at: .zero) { _ in true }
        list.add(request([5], second))
        list.clear()
        #expect(Set(list.peers) == [first])
        list.finish(at: .zero)
        #expect(list.peers.isEmpty)
    }

    @Test func nothingIsReadForWhoIsGone() {
        var list = ReadingList()
        list.add(request([1], first))
        list.add(request([2], second))
        #expect(list.next(at: .zero) { $0 == second }?.examples == [2])
        #expect(Set(list.peers) == [second])
        #expect(list.next(at: .zero) { _ in true } == nil)
    }

    @Test func readingThatTakesLongIsSaidEachTimeItHasTakenTwiceAsLong() {
        var list = ReadingList()
        #expect(list.delay(at: .seconds(100), limit: .seconds(5)) == nil, "nothing is read")
        list.add(request([1], first))
        list.add(request([2], first))
        while list.next(at: .seconds(100), for: { _ in true }) != nil {}
        let said = (100..<130).filter { list.delay(at: .seconds($0), limit: .seconds(5)) != nil }
        #expect(said == [105, 110, 120])
        list.finish(at: .seconds(130))
        #expect(list.delay(at: .seconds(134), limit: .seconds(5)) == nil)
        #expect(list.delay(at: .seconds(135), limit: .seconds(5)) == .seconds(5))
    }
}
