import Randomness
import Training

/// Keyed random images, 1 x 4 x 4.
public struct RandomExamples: ExampleSource {
    public var trainingCount: Int
    public var validationCount: Int
    public let channels = 1
    public let height = 4
    public let width = 4
    public var fingerprint = "random 1 x 4 x 4"

    public init(trainingCount: Int = 37, validationCount: Int = 11) {
        self.trainingCount = trainingCount
        self.validationCount = validationCount
    }

    public func count(_ split: Split) -> Int { split == .train ? trainingCount : validationCount }

    public func pixels(of rows: [Int], in split: Split) -> [UInt8] {
        rows.flatMap { row in
            let stream = RandomStream(seed: split == .train ? 1 : 2, operator: 7, example: UInt32(row))
            return (0..<16).map { UInt8(truncatingIfNeeded: stream.bits($0)) }
        }
    }
}
