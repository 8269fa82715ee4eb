import ArgumentParser
import ConfigurationFiles
import Contract
import Coordination
import Export
import Files
import Hashing
import OneDNN
import Training
import Tributary

/// `tributary import-weights`: a run that begins with weights from elsewhere.
struct ImportWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-weights",
        abstract: "Begins a run with the weights of a safetensors file, from PyTorch for example.",
        discussion: """
            Examples:
              tributary import-weights model.safetensors --preset face-128 \\
                --data faces.h5 --out runs/theirs
              tributary train --resume --data faces.h5 --out runs/theirs --epochs 5

            Tensors are called as in the model.py that `tributary export` writes. Where they have other names, --names is a file with a \
            line for each that differs, our name and theirs, such as `encoder_mean z_mean`; a module's name stands for all in it.
            """)

    @Argument(help: "The safetensors file.", completion: .file(extensions: ["safetensors"])) var file: String
    @Option(
        help:
            "The model's configuration: face or digits, made for the data's size, or one of \(RunConfiguration.presetNames.joined(separator: ", ")).",
        completion: .list(ConfigurationSource.presetNames))
    var preset: String?
    @Option(help: "A YAML file with the model's configuration.", completion: .file()) var config: String?
    @Option(help: "The image file that training is to go on with.", completion: .file()) var data: String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "A file that says what tensors are called there.", completion: .file()) var names: String?
    @Option(help: "The run directory to write: a new one, or an empty one.", completion: .directory) var out: String

    private var folder: FolderOutput { FolderOutput(path: out) }

    func validate() throws {
        guard (preset == nil) != (config == nil) else { throw ValidationError("name one of --preset and --config") }
        try folder.validate()
    }

    func run() throws {
        let folder = try folder.begin()
        let configuration = try configuration()
        let source = try DatasetSource(data, configuration.data, beside: out)
        let program = try TrainingProgram(configuration, source: source)
        try program.check(source)
        let weights = try ImportedWeights(
            SafeTensors(Self.bytes(of: file), file: file), file: file, for: program.model, names: theirNames())
        let state = program.initialState(parameters: weights.parameters, statistics: weights.statistics)
        var contract = try program.contract(
            engine: OneDNNEngine(precision: configuration.precision), dataFingerprint: program.fingerprint(of: source))
        contract.initialDigest = state.digest.description
        var generator = SystemRandomNumberGenerator()
        let run = RunIdentifier(from: &generator).description
        try begin(
            Checkpoint(contract: contract, run: run, state: state, history: History()), configuration,
            in: folder.temporaryPath)
        try folder.finish()
        try output(out)
    }

    private func configuration() throws -> RunConfiguration {
        var result =
            if let config { try ConfigurationSource.file(config, isNew: true) } else {
                try ConfigurationSource.preset(preset!) { try ImageSet(ofFile: data, reading.added(to: nil)) }
            }
        result.data = reading.added(to: result.data)
        return result
    }

    private func theirNames() throws -> WeightNames {
        guard let names else { return WeightNames() }
        return try WeightNames(String(decoding: Self.bytes(of: names), as: UTF8.self), file: names)
    }

    /// Whoever opened a pipe would wait for ever.
    private static func bytes(of path: String) throws -> [UInt8] {
        guard FileStatus(path)?.kind != .other else {
            throw UsageProblem("\(path) is a pipe, a socket or a device: name a file")
        }
        return try PosixFileSystem().read(path)
    }

    /// Writes what a run has before its first step.
    private func begin(_ checkpoint: Checkpoint, _ configuration: RunConfiguration, in path: String) throws {
        let directory = try RunDirectory(path, resume: false)
        try directory.write(configuration: YAML.text(configuration.node))
        var records = try directory.records(resumingAt: checkpoint.state, history: checkpoint.history)
        try records.record(checkpoint.state)
        _ = try records.save(checkpoint)
    }
}
