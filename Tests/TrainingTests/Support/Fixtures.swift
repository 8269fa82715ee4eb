import Contract
import Foundation
import Tensors
import TrainingTestSupport
import VAE

@testable import Training

extension TrainingProgram {
    static func tiny(_ configuration: RunConfiguration = .tiny, _ source: RandomExamples = RandomExamples()) throws
        -> Self
    {
        try TrainingProgram(
            configuration, trainingExamples: source.trainingCount, validationExamples: source.validationCount)
    }
}

extension EvaluationMetrics {
    /// Of a model with one latent, whose mean's square is 1 on average.
    static func sample(sums: [Float], examples: Int) -> EvaluationMetrics {
        let ofLatent = [0, Float(examples), 0]
        guard
            let metrics = EvaluationMetrics(
                sums: sums + ofLatent, examples: examples, of: ["reconstruction", "divergence"], .gaussian(1))
        else { preconditionFailure("there are \(examples) examples") }
        return metrics
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
