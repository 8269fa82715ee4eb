import Dispatch
import Foundation
import Parallel
import Synchronization
import Testing

@Suite struct CoresTests {
    @Test func threadsGetCoresOfTheirOwnOnlyWhereTheyTakeThemAll() {
        let cores = Cores.available
        #expect(!cores.isEmpty && cores == Set(cores).sorted())
        #expect(Cores.forThreads(cores.count) == cores)
        #expect(Cores.forThreads(cores.count - 1).isEmpty && Cores.forThreads(cores.count + 1).isEmpty)
    }

    @Test func aThreadStaysOnItsCoreAndNoOtherThreadDoes() throws {
        let cores = Cores.available
        let core = try #require(cores.last)
        let seen = Mutex<[Int]>([])
        let done = DispatchSemaphore(value: 0)
        Thread {
            Cores.stay(on: core)
            seen.withLock { $0 = Cores.available }
            done.signal()
        }.start()
        try #require(done.wait(timeout: .now() + 1200) == .success)
        #expect(seen.withLock { $0 } == [core])
        #expect(Cores.available == cores)
    }

    @Test func aCoreThatIsNotThereChangesNothing() {
        let cores = Cores.available
        Cores.stay(on: -1)
        Cores.stay(on: 1 << 20)
        #expect(Cores.available == cores)
    }
}
