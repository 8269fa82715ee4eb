import Contract
import Foundation
import Randomness
import Tensors
import VAE

@testable import Training

/// Keyed random images, 1 x 4 x 4.
struct RandomExamples: ExampleSource {
    var trainingCount = 37
    var validationCount = 11
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

extension RunConfiguration {
    /// A few dozen parameters with everything in it: batch normalisation, dropout, clipping, schedules.
    static let tiny = RunConfiguration(
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 4, width: 4),
            encoder: [
                .convolution(filters: 2, window: 3, stride: 2, padding: 1, bias: false), .batchNormalization(),
                .leakyReLU(slope: 0.1), .dropout2D(probability: 0.25), .flatten,
            ], latents: 2, decoder: [.linear(units: 16), .reshape(1, 4, 4), .sigmoid]),
        objective: Objective(likelihood: .squaredError),
        divergenceWeight: .linear(from: 0.5, to: 1, epochs: 2),
        learningRate: LearningRateSchedule(base: 1e-2, warmUpEpochs: 0.5, decay: .exponential(factor: 0.9)),
        clipping: [ClippingGroup(parameters: ["encoder/"], maximumNorm: 0.5)], shards: 4, microbatch: 3, seed: 5,
        epochs: 2)
}

extension TrainingProgram {
    static func tiny(_ configuration: RunConfiguration = .tiny, _ source: RandomExamples = RandomExamples()) throws
        -> Self
    {
        try TrainingProgram(
            configuration, trainingExamples: source.trainingCount, validationExamples: source.validationCount)
    }
}

extension LocalTrainer {
    static func tiny(_ program: TrainingProgram, _ source: RandomExamples = RandomExamples()) throws -> LocalTrainer {
        try LocalTrainer(program, engine: Interpreter(), source: source, state: program.initialState())
    }
}

/// Runs a test in a directory of its own, which is removed afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
}
