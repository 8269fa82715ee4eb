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
}
