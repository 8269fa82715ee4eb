import ArgumentParser
import Contract
import Performance
import Training

struct CountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Does a step's work exactly so often, under a tool that counts instructions or allocations.",
        discussion: """
            engine is a microbatch with the loading of its parameters, convolutions are its linear kernels alone, and update \
            is the coordinator's part: one addition of two partials, clipping, Adam and statistics.

            Example:
              valgrind --tool=callgrind benchmark count --preset mlp --what engine --runs 3
            """)

    enum Part: String, ExpressibleByArgument, CaseIterable {
        case engine, convolutions, update
    }

    @OptionGroup var work: WorkOptions
    @Option(help: "One of \(Part.allCases.map(\.rawValue).joined(separator: ", ")).") var what = Part.engine
    @Option(help: "How often.") var runs: Int

    func validate() throws {
        guard (1...1_000_000).contains(runs) else { throw ValidationError("--runs is from 1 to 1000000, not \(runs)") }
    }

    func run() throws {
        let step = try prepared()
        for _ in 0..<runs { _ = step() }
    }

    private func prepared() throws -> Stopwatch.Work {
        switch what {
        case .engine: try work.subject().trainingWork()
        case .convolutions: try work.subject().linearWork()
        case .update: try updateWork(work.configuration())
        }
    }
}

/// What the coordinator does with two partials; worth one step.
private func updateWork(_ configuration: RunConfiguration) throws -> Stopwatch.Work {
    let examples = configuration.shards * configuration.microbatch
    let program = try TrainingProgram(configuration, trainingExamples: examples, validationExamples: 0)
    var state = program.initialState()
    let partial = [Float](repeating: 0.001, count: program.layout.partialCount)
    return {
        var sum = partial
        fold(partial, into: &sum)
        guard (try? program.rule.apply(&sum, to: &state)) != nil else {
            preconditionFailure("small gradients diverged")
        }
        return 1
    }
}
