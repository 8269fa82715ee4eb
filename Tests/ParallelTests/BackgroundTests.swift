import Parallel
import Testing

@Suite("Work in the background")
struct BackgroundTests {
    @Test("pieces of work run in order, and each gives its own result or error")
    func order() throws {
        struct Broken: Error {}
        let background = Background("test")
        var seen: [Int] = []
        let first = background.start { seen.append(1) }
        let second = background.start { () throws -> String in
            seen.append(2)
            return "two"
        }
        let third = background.start { throw Broken() }
        #expect(try second.wait() == "two")
        try first.wait()
        #expect(throws: Broken.self) { try third.wait() }
        #expect(seen == [1, 2])
    }

    @Test("draining waits for what is under way")
    func drain() {
        let background = Background("test")
        var done = 0
        for _ in 0..<100 { _ = background.start { done += 1 } }
        background.drain()
        #expect(done == 100)
    }
}
