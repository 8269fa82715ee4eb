// benchmark: what scripts/bench measures inside one process.

import ArgumentParser
import Performance

/// What `scripts/bench` does not measure whole: the engine without sockets and optimizer, the coordinator without an engine.
@main
struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measures the engine or the coordinator alone; scripts/bench measures the whole system.",
        subcommands: [
            EngineCommand.self, ConvolutionsCommand.self, StepCommand.self, PeakCommand.self, CountCommand.self,
            CoordinatorCommand.self, IdleWorkersCommand.self,
        ])
}

/// How long and on how many threads to measure.
struct MeasuringOptions: ParsableArguments {
    @Option(help: "Threads side by side, each with an executable of its own.") var threads = 1
    @Option(help: "Measured windows, of which the median counts.") var windows = 7
    @Option(help: "The length of a window in seconds.") var seconds = 1.0
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...1024).contains(threads) else { throw ValidationError("--threads is from 1 to 1024, not \(threads)") }
        guard (1...10_000).contains(windows) else {
            throw ValidationError("--windows is from 1 to 10000, not \(windows)")
        }
        guard seconds > 0, seconds <= 3600 else { throw ValidationError("--seconds is from 0 to 3600, not \(seconds)") }
    }

    var stopwatch: Stopwatch { Stopwatch(threads: threads, windows: windows, seconds: seconds) }
}
