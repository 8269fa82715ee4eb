import Testing

@testable import Coordination

@Suite struct PulseTests {
    private static let timing = Timing()

    private static func pulse(hearing pauses: [Int]) -> (Pulse, Duration) {
        var (pulse, now) = (Pulse(at: .zero, timing), Duration.zero)
        for pause in pauses {
            now += .milliseconds(pause)
            pulse.hear(at: now)
        }
        return (pulse, now)
    }

    private static func limit(_ pulse: Pulse, _ now: Duration) -> Int? {
        (1...6000).first { pulse.isWorrying(at: now + .milliseconds($0), timing) }
    }

    @Test func whoIsRegularIsMissedSoonAndWhoIsNewIsGivenTime() throws {
        let (new, beginning) = Self.pulse(hearing: [])
        #expect(Self.limit(new, beginning) == 2001)
        let (regular, now) = Self.pulse(hearing: Array(repeating: 250, count: 200))
        let limit = try #require(Self.limit(regular, now))
        #expect((700...800).contains(limit), "\(limit)")
        let (busy, later) = Self.pulse(hearing: Array(repeating: 5, count: 20_000))
        #expect(Self.limit(busy, later) == 501)
    }

    /// One long pause counts for a while, and is forgotten.
    @Test func aPauseMakesPatientForAWhile() throws {
        let regular = Array(repeating: 250, count: 200)
        let (once, now) = Self.pulse(hearing: regular + [600])
        let limit = try #require(Self.limit(once, now))
        #expect((1700...1801).contains(limit), "\(limit)")
        let (again, later) = Self.pulse(hearing: regular + [600] + regular)
        #expect(try #require(Self.limit(again, later)) < 800)
        let (worse, last) = Self.pulse(hearing: regular + [1900])
        #expect(Self.limit(worse, last) == 2001)
    }
}
