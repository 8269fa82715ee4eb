import Hashing
import Tensors
import Testing

@testable import Training

@Suite struct DigestTests {
    /// Reference value: scripts/reference/checkpoint_digest.py, from Python's hashlib.
    @Test func theDigestIsTheDocumentedOne() {
        let layout = ModelLayout(
            parameters: SliceTable([("b/weight", [2, 3]), ("a", [2]), ("b", [1])]), statistics: SliceTable([("m", [2])])
        )
        let values = (0..<11).map { Float($0) / 8 - 1 }
        let parameters = Array(values[..<9])
        let state = ModelState(
            layout: layout, step: 7, parameters: parameters, statistics: Array(values[9...]),
            optimizer: .moments(first: parameters.map { -$0 }, second: parameters.map { $0 * $0 }))
        #expect(state.digest.description == "1974f3f261dcd0da71261171a6a65014ab020226479a5f3a7278124249770694")
        let averaged = ModelState(
            layout: layout, step: 7, parameters: parameters, statistics: Array(values[9...]),
            optimizer: .velocity(parameters.map { -$0 }),
            average: WeightAverage(parameters: parameters.map { $0 / 2 }, statistics: values[9...].map { $0 / 2 }))
        #expect(averaged.digest.description == "8afd1a812b81529c296f346b0eefa68b86825f7a7c814e12507d47e203047a25")
    }
}
