import ArgumentParser
import Contract
import Foundation
import Hashing
import Tensors
import Training
import VAE

/// Saves checkpoints as fast as it can until it is killed: what `kill-saves` kills.
struct SaveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save", abstract: "Saves checkpoints of a run until it is killed.", shouldDisplay: false)

    @Argument var directory: String

    func run() throws {
        let program = try TrainingProgram(Self.model, trainingExamples: 64, validationExamples: 0)
        let directory = try RunDirectory(directory, resume: true)
        let found = try directory.checkpoints.newest()
        var state = found?.checkpoint.state ?? program.initialState()
        var history = found?.checkpoint.history ?? History()
        let contract =
            try found?.checkpoint.contract ?? program.contract(engine: Interpreter(), dataFingerprint: "none")
        var records = try directory.records(resumingAt: state, history: history)
        try say("ready")
        while true {
            var sum = Self.gradient(program.layout, step: state.step)
            let metrics = try program.rule.apply(&sum, to: &state)
            history.add(metrics, plan: program.plan)
            let epoch = program.plan.epoch(ofStep: metrics.step)
            try records.metrics.append(MetricsRow(metrics, epoch: epoch, imagesPerSecond: 0, workers: 0))
            try records.record(state)
            _ = try records.save(Checkpoint(contract: contract, run: "0123", state: state, history: history))
            try say("saved \(state.step)")
        }
    }

    private func say(_ line: String) throws {
        try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Something else every step, and the same whenever a step is taken again.
    private static func gradient(_ layout: ModelLayout, step: Int) -> [Float] {
        (0..<layout.partialCount).map { Float(($0 &* 31 &+ step &* 17) % 101) / 101 - 0.5 }
    }

    /// Large enough that a kill often comes while a checkpoint is written.
    private static let model = RunConfiguration(
        model: ModelDescription(
            images: ImageDescription(channels: 1, height: 16, width: 16),
            encoder: [.flatten, .linear(units: 256), .tanh], latents: 4,
            decoder: [.linear(units: 256), .reshape(1, 16, 16), .sigmoid]),
        objective: Objective(likelihood: .squaredError), learningRate: LearningRateSchedule(base: 0.001), shards: 1,
        microbatch: 1, seed: 1, epochs: 1)
}
