import Testing

@testable import Coordination

/// How much may be under way, by what the link carries.
@Suite struct CreditWindowTests {
    private static let chunk = 256 << 10

    @Test func aChunkLargerThanTheWindowStillLeavesAlone() {
        var window = CreditWindow(limit: 10, chunkBytes: 10)
        #expect(window.admits(50))
        window.spend(50, at: .zero)
        #expect(!window.admits(1))
        window.refund(1_000, at: .zero)
        #expect(window.outstanding == 0)
    }

    @Test func nobodyEarnsMoreThanWasSent() {
        var window = CreditWindow(limit: 100, chunkBytes: 10)
        window.spend(20, at: .zero)
        let nothing = window.refund(0, at: .zero)
        let less = window.refund(-5, at: .zero)
        #expect(!nothing && !less && window.outstanding == 20)
        for _ in 0..<30 { window.refund(1, at: .zero) }
        #expect(window.outstanding == 0)
    }

    /// Sends as much as the window admits over a link for so long, and answers what is under way in the end.
    private func fill(megabits: Double, roundTrip: Duration, seconds: Int = 60) -> (window: CreditWindow, sent: Int) {
        var window = CreditWindow(limit: 16 << 20, chunkBytes: Self.chunk)
        var now = Duration.zero
        var free = Duration.zero
        var arrivals: [Duration] = []
        var sent = 0
        while now < .seconds(seconds) {
            while window.admits(Self.chunk) {
                window.spend(Self.chunk, at: now)
                sent += Self.chunk
                free = max(free, now) + .seconds(Double(8 * Self.chunk) / (megabits * 1e6))
                arrivals.append(free + roundTrip)
            }
            now = arrivals.removeFirst()
            window.refund(Self.chunk, at: now)
        }
        return (window, sent)
    }

    @Test(arguments: [(10, 20), (10, 0), (100, 20), (100, 100), (1_000, 40), (1_000, 1), (5, 600)])
    func theWindowHoldsABusyLinkBusyAndItsQueueShort(megabits: Int, milliseconds: Int) {
        let roundTrip = Duration.milliseconds(milliseconds)
        let (window, sent) = fill(megabits: Double(megabits), roundTrip: roundTrip)
        let carried = Double(sent) * 8 / 60e6 / Double(megabits)
        #expect(carried > 0.85 && carried < 1.1, "the link carried \(carried) of what it can")
        let perChunk = Duration.seconds(Double(8 * Self.chunk) / (Double(megabits) * 1e6))
        // What is urgent waits behind this: half a second, or two chunks, or twice as long as the way.
        #expect(window.latestWait <= max(.milliseconds(500), roundTrip * 2 + perChunk) + perChunk * 2, "\(window)")
    }

    @Test func whoeverCanHaveTakenNothingIsExcused() {
        var window = CreditWindow(limit: 100, chunkBytes: 10)
        window.spend(10, at: .seconds(1))
        window.excuse(at: .seconds(8))
        #expect(window.stalled(at: .seconds(9)) == .seconds(1) && window.outstanding == 10)
    }

    @Test func whatIsOutstandingStallsUntilSomethingIsTaken() {
        var window = CreditWindow(limit: 100, chunkBytes: 10)
        #expect(window.stalled(at: .seconds(9)) == .zero)
        window.spend(10, at: .seconds(10))
        window.spend(10, at: .seconds(14))
        #expect(window.stalled(at: .seconds(15)) == .seconds(5))
        window.refund(10, at: .seconds(16))
        #expect(window.stalled(at: .seconds(18)) == .seconds(2))
        window.refund(10, at: .seconds(19))
        #expect(window.stalled(at: .seconds(30)) == .zero)
    }
}
