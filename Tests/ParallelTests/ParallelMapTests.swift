import Parallel
import Synchronization
import Testing

@Suite struct ParallelMapTests {
    private struct Failure: Error {}

    @Test(arguments: [1, 3, 8]) func valuesComeInOrderAndOneByOne(threads: Int) throws {
        let benches = Atomic(0)
        let told = Mutex([Int]())
        let values = try Parallel.map(
            100, threads: threads, bench: { benches.add(1, ordering: .relaxed).newValue },
            whenDone: { done in told.withLock { $0.append(done) } }
        ) { _, index in index * index }
        #expect(values == (0..<100).map { $0 * $0 })
        #expect(told.withLock { $0 } == Array(1...100))
        #expect((1...threads).contains(benches.load(ordering: .relaxed)))
    }

    @Test func thereMayBeNothingToDo() throws {
        #expect(try Parallel.map(0, threads: 4, bench: { throw Failure() }) { (_: Int, index: Int) in index } == [])
    }

    @Test func theFirstErrorEndsIt() {
        let done = Atomic(0)
        #expect(throws: Failure.self) {
            _ = try Parallel.map(1000, threads: 2, bench: { 0 }) { _, index in
                if index == 5 { throw Failure() }
                done.add(1, ordering: .relaxed)
                return index
            }
        }
        #expect(done.load(ordering: .relaxed) < 1000)
        #expect(throws: Failure.self) {
            _ = try Parallel.map(3, threads: 2, bench: { throw Failure() }) { (_: Int, index: Int) in index }
        }
    }
}
