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

    /// However often a worker asks again while its pixels are read, they are read once.
    @Test func whatIsOnTheListForAWorkerIsNotPutThereAgain() {
        var list = ReadingList()
        list.add(request([1, 2, 3], first))
        #expect(list.next(at: .zero) { _ in true }?.examples == [1, 2, 3])
        list.add(request([4], first))
        list.add(request([2, 4, 5], first))
        list.add(request([1, 3], first))
        list.add(request([2], second))
        list.add(request([2], first, .validation))
        list.finish(at: .zero)
        let rest = (0..<5).compactMap { _ in
            let next = list.next(at: .zero) { _ in true }
            if next != nil { list.finish(at: .zero) }
            return next
        }
        #expect(
            rest == [request([4], first), request([5], first), request([2], second), request([2], first, .validation)])
        list.add(request([1], first))
        #expect(list.next(at: .zero) { _ in true }?.examples == [1], "it came, and may be asked for again")
    }

    @Test func nothingIsReadForWhoIsGone() {
        var list = ReadingList()
        list.add(request([1], first))
        list.add(request([2], second))
        #expect(list.next(at: .zero) { $0 == second }?.examples == [2])
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
