import ArgumentParser
import Contract
import OneDNN
import Training

/// Options of the commands that let a trained model work.
struct ModelOptions: ParsableArguments {
    @Option(help: "A checkpoint, or a run directory for its newest one.", completion: .file()) var checkpoint: String
    @OptionGroup var chosen: WeightsOption

    /// What is read for the model.
    var inputs: [String] { CheckpointCommand.files(checkpoint) }

    /// The checkpoint's model.
    func model() throws -> ImageModel {
        let checkpoint = try CheckpointCommand.read(checkpoint)
        return try ImageModel(checkpoint, engine: OneDNNEngine(), weights: chosen.weights(of: checkpoint))
    }
}
