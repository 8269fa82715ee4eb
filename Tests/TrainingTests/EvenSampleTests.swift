import Testing
import Training

@Suite struct EvenSampleTests {
    @Test func aSampleLiesEvenlyOverAll() {
        let all = Array(0..<9999)
        let some = all.evenly(atMost: 5000)
        #expect(some.count == 5000 && some.first == 0 && some.last == 9997)
        #expect(Set(zip(some, some.dropFirst()).map { $1 - $0 }) == [1, 2])
        #expect(all.evenly(atMost: 10_000) == all && [Int]().evenly(atMost: 3).isEmpty)
    }
}
