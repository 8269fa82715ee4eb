import Coordination
import Testing

@testable import Cluster

@Suite struct PaceTests {
    /// Nobody is slow while nobody has work.
    @Test func theTimeBeforeTheFirstLeaseDoesNotCount() {
        var pace = Pace(imagesPerStep: 32, examples: 8)
        pace.begin(at: .seconds(100))
        pace.begin(at: .seconds(101))
        #expect(pace.finish(.training, at: .seconds(102)) == 16)
        #expect(pace.finish(.evaluation, at: .seconds(106)) == 2)
        pace.begin(at: .seconds(107))
        #expect(pace.finish(.training, at: .seconds(108)) == 16)
    }

    @Test func theTimeInWhichNobodyWasThereDoesNotCount() {
        var pace = Pace(imagesPerStep: 32, examples: 8)
        pace.begin(at: .seconds(1))
        #expect(pace.finish(.training, at: .seconds(3)) == 16)
        pace.pause()
        pace.begin(at: .seconds(1_000))
        #expect(pace.finish(.training, at: .seconds(1_001)) == 32)
    }
}
