import ArgumentParser
import ConfigurationFiles
import Contract
import Files
import Foundation
import OneDNN
import Tensors
import Training

/// What `train` and `coordinator` have in common: what to train, on what, into which directory, and for how long.
struct RunOptions: ParsableArguments {
    @Option(
        help:
            "A ready configuration: face or digits, made for the data's size, or one of \(RunConfiguration.presetNames.joined(separator: ", ")).",
        completion: .list(ConfigurationSource.presetNames))
    var preset: String?
    @Option(
        help:
            "A YAML file, or - for standard input; `tributary preset NAME` prints one to start from, `tributary help configuration` its keys.",
        completion: .file())
    var config: String?
    @Option(help: "The image file: HDF5, from `tributary data` or from anybody else.", completion: .file()) var data:
        String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The run directory.", completion: .directory) var out: String
    @Option(help: "Stop after this many passes over the training images.") var epochs: Int?
    @Option(help: "Stop after this many optimizer steps.") var steps: Int?
    @Option(help: "Shards, a power of two. Changes the result.") var shards: Int?
    @Option(help: "Images of each shard in a step. Changes the result.") var microbatch: Int?
    @Option(help: "The numbers of convolutions and products: float32, or bf16, which is faster. Changes the result.")
    var precision: Precision?
    @Option(help: "The numbers that workers send: float32, or bf16, which is half the bytes. Changes the result.")
    var wire: WireFormat?
    @Option(
        name: .customLong("instruction-set"),
        help:
            "The newest instructions that workers may use (default: the best that this machine has for the precision). Changes the result."
    )
    var instructionSet: InstructionSet?
    @Option(help: "The seed of all random numbers. Changes the result.", transform: Readings.seed) var seed: UInt64?
    @Flag(
        help:
            "Go on from the newest checkpoint in --out, with the configuration that is there; where there is none, begin."
    )
    var resume = false
    @Option(
        name: .customLong("checkpoint-every"), help: "Time between checkpoints, such as 30s, 5m or 1h.",
        transform: Readings.interval)
    var checkpointEvery: Interval = Interval(seconds: 30)
    @Option(
        name: .customLong("digest-every"), help: "Steps between rows of digests.jsonl (default: at each checkpoint).")
    var digestEvery: Int?
    @OptionGroup var cadence: CadenceOptions
    @Option(help: "The share of the work, from 0 to 1, that two workers compute, to find one that computes wrongly.")
    var audit = 0.0
    @Option(
        help:
            "Serve a page that shows the run and plays with its newest checkpoint, to this machine alone, on this port; 0 for one that is free."
    )
    var explore: Int?
    @Option(
        name: .customLong("metrics-port"),
        help: ArgumentHelp(
            "Serve metrics for Prometheus on this port to this machine alone, or at ADDRESS:PORT to whoever reaches it; port 0 for one that is free.",
            valueName: "port"), transform: Readings.listenAddress)
    var metricsPort: ListenAddress?
    @OptionGroup var trace: TraceOption
    @OptionGroup var messages: MessageOptions
    @Flag(help: "Print the result as JSON.") var json = false

    /// The files that a run reads.
    var inputs: [String] { [data] + [config].compactMap(\.self) }

    func validate() throws {
        guard out != "-" else {
            throw ValidationError("--out - is the standard output, and a run takes a directory: name one")
        }
        guard preset == nil || config == nil else {
            throw ValidationError("name one of --preset and --config, not both")
        }
        guard resume || preset != nil || config != nil else {
            throw ValidationError(
                "name one of --preset and --config; only a run that goes on with --resume needs neither")
        }
        guard epochs == nil || steps == nil else { throw ValidationError("name one of --epochs and --steps, not both") }
        for (name, value) in [
            ("epochs", epochs), ("steps", steps), ("shards", shards), ("microbatch", microbatch),
            ("digest-every", digestEvery),
        ] {
            if let value, !Self.counts.contains(value) {
                throw ValidationError(
                    "--\(name) is from \(Self.counts.lowerBound) to \(Self.counts.upperBound), not \(value)")
            }
        }
        if let explore, !(0...65535).contains(explore) {
            throw ValidationError("--explore is a port from 0 to 65535, not \(explore)")
        }
        guard (0...1).contains(audit) else { throw ValidationError("--audit is from 0 to 1, not \(audit)") }
        guard !out.isEmpty else { throw ValidationError("--out is empty: name a directory") }
        guard [nil, .directory].contains(FileStatus(out)?.kind) else {
            throw ValidationError("--out \(out) is a file, and a run takes a directory: name one")
        }
    }

    /// As many of anything as a run can count without overflow.
    private static let counts = 1...1_000_000_000

    /// The engine of the instruction set asked for, or of the best for the run's precision.
    func engine(for configuration: RunConfiguration) throws -> OneDNNEngine {
        try OneDNNEngine(instructionSet: instructionSet, precision: configuration.precision)
    }

    /// The run that is to go on, if there is one.
    func storedRun() throws -> StoredRun? { resume ? try StoredRun(in: out) : nil }

    /// The configuration with what the flags say. To be asked once: a pipe gives it once.
    ///
    /// - Throws: `ContractConflict` where a run that goes on began with another; nothing of the data is read then.
    func configuration(of run: StoredRun?) throws -> RunConfiguration {
        var result = try start(run)
        if let shards { result.shards = shards }
        if let microbatch { result.microbatch = microbatch }
        if let precision { result.precision = precision }
        if let wire { result.wire = wire }
        if let seed { result.seed = seed }
        if let epochs { result.epochs = epochs }
        result.data = reading.added(to: result.data ?? run?.data)
        try run?.require(result)
        return result
    }

    /// The preset or file that is named; a run that goes on holds what it began with.
    private func start(_ run: StoredRun?) throws -> RunConfiguration {
        if let preset {
            return try ConfigurationSource.preset(preset) {
                try run?.imageSet ?? ImageSet(ofFile: data, reading.added(to: nil))
            }
        }
        if let config { return try ConfigurationSource.file(config, isNew: !resume) }
        let path = RunPaths(out).configuration
        guard FileManager.default.fileExists(atPath: path) else {
            guard RunPaths(out).holdRun else {
                throw UsageProblem("there is no run in \(out) to go on with: name --preset or --config to begin one")
            }
            throw UsageProblem(
                "the run in \(out) has lost its config.yaml: name the --preset or --config that it began with")
        }
        return try ConfigurationSource.file(path, isNew: false)
    }
}

extension InstructionSet: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension WireFormat: ExpressibleByArgument {}

/// A length of time on the command line: a number with s, m or h.
struct Interval: ExpressibleByArgument, CustomStringConvertible {
    let seconds: Double

    /// Seconds: a century, for those who want no checkpoint on the way.
    private static let longest = 3.2e9

    init(seconds: Double) { self.seconds = seconds }

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        guard let last = argument.last, let unit = units[last] ?? (last.isNumber ? 1 : nil) else { return nil }
        let number = units[last] == nil ? argument : String(argument.dropLast())
        guard let value = Double(number), value > 0, value * unit <= Self.longest else { return nil }
        seconds = value * unit
    }

    var defaultValueDescription: String { description }

    var description: String { "\(Int(seconds))s" }
}
