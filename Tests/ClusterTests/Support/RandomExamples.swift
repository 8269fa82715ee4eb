import Randomness
import Training

/// Keyed random images, 1 x 4 x 4.
struct RandomExamples: ExampleSource {
    var trainingCount = 100
    var validationCount = 21
    let channels = 1
    let height = 4
    let width = 4
    let fingerprint = "random 1 x 4 x 4"

    func count(_ split: Split) -> Int { split == .train ? trainingCount : validationCount }

    func pixels(of rows: [Int], in split: Split) -> [UInt8] {
        rows.flatMap { row in
            let stream = RandomStream(seed: split == .train ? 1 : 2, operator: 7, example: UInt32(row))
            return (0..<16).map { UInt8(truncatingIfNeeded: stream.bits($0)) }
        }
    }
}
