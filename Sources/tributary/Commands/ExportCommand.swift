import ArgumentParser
import ConfigurationFiles
import Contract
import Export
import Files
import Ingest
import OneDNN
import Pictures
import Training
import Tributary
import VAE

/// `tributary export`: a trained model, as other programs take it.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a trained model for PyTorch, ONNX Runtime and Hugging Face.",
        discussion: """
            Examples:
              tributary export runs/faces --out faces-model
              tributary export runs/faces --data faces.h5 --out faces-model

            The folder holds model.safetensors and model.py for PyTorch, encoder.onnx and decoder.onnx for everything else, \
            config.json, a model card (README.md), and samples.png. docs/export.md says how to use each.
            """)

    @Argument(help: "A checkpoint, or a run directory for its newest one.", completion: .file()) var file: String
    @Option(help: "The folder to write: a new one, or an empty one.", completion: .directory) var out: String
    @OptionGroup var chosen: WeightsOption
    @Option(
        help: "The image file that the run was trained on, so that the model card can say where its images came from.",
        completion: .file())
    var data: String?
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "How many images samples.png shows.") var count = 64

    private var folder: FolderOutput { FolderOutput(path: out) }

    func validate() throws {
        try folder.validate()
        guard (1...4096).contains(count) else { throw ValidationError("--count is from 1 to 4096, not \(count)") }
    }

    func run() throws {
        let folder = try folder.begin()
        let checkpoint = try CheckpointCommand.read(file)
        let weights = try chosen.weights(of: checkpoint)
        let model = try ExportedModel(checkpoint, weights)
        let provenance = try provenance(of: checkpoint, model.program)
        let samples = try samples(of: checkpoint, weights)
        for (name, bytes) in try model.files(provenance: provenance, hasSamples: samples != nil) {
            try folder.write(bytes, to: name)
        }
        if let samples { try folder.write(PNG.encode(samples), to: "samples.png") }
        try folder.finish()
        try output(out)
    }

    /// What the image file says of itself.
    private func provenance(of checkpoint: Checkpoint, _ program: TrainingProgram) throws -> [String: String]? {
        guard let data else { return nil }
        let source = try DatasetSource(data, reading.added(to: program.configuration.data))
        try program.check(source)
        guard try program.fingerprint(of: source) == checkpoint.contract.dataFingerprint else {
            throw UsageProblem("\(data) is not what the run was trained on: name the run's own file with --data")
        }
        return try DatasetSummary.provenance(ofFile: data)
    }

    /// Images from the prior; nil where the model has none that an image could be drawn from.
    private func samples(of checkpoint: Checkpoint, _ weights: Weights) throws -> Image? {
        let model = try ImageModel(checkpoint, engine: OneDNNEngine(), weights: weights)
        guard model.program.configuration.model.latents.havePrior else { return nil }
        return Grid.image(model.pictures(try model.sample(count: count, seed: 1)), columns: 8)
    }
}
