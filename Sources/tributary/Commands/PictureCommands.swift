import ArgumentParser
import ConfigurationFiles
import Contract
import Pictures
import Training
import VAE

/// Options of the commands that make pictures from a checkpoint.
struct PictureOptions: ParsableArguments {
    @OptionGroup var trained: ModelOptions
    @OptionGroup var destination: PictureOutput

    /// Makes a picture with the checkpoint's model and writes it.
    ///
    /// - Parameter inputs: What else is read.
    func write(besides inputs: [String] = [], _ picture: (ImageModel) throws -> Image) throws {
        try destination.write(besides: trained.inputs + inputs) { try picture(trained.model()) }
    }
}

/// Which weights of a checkpoint a command works with.
struct WeightsOption: ParsableArguments {
    @Option(
        help:
            "average or last: the moving average of the weights, or those of the last step (default: average, where one is kept).",
        completion: .list(Weights.allCases.map(\.rawValue)), transform: Readings.weights) var weights: Weights?

    /// - Throws: `UsageProblem` where an average is asked for that nobody keeps.
    func weights(of checkpoint: Checkpoint) throws -> Weights {
        guard weights != .average || checkpoint.state.average != nil else {
            throw UsageProblem(
                "this run keeps no average of its weights (weight_average in its configuration): leave --weights out")
        }
        return weights ?? .average
    }
}

struct Reconstruct: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts held-out images beside what the model makes of them.",
        discussion: """
            Example:
              tributary reconstruct --checkpoint runs/faces --data faces.h5 \\
                --out reconstructions.png
            """)

    @OptionGroup var options: PictureOptions
    @Option(help: "The image file.", completion: .file()) var data: String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The split to take images from (default: valid, or test where there is none).") var split: String?
    @Option(help: "How many images.") var count = 24

    func validate() throws {
        guard (1...4096).contains(count) else { throw ValidationError("--count is from 1 to 4096, not \(count)") }
    }

    func run() throws {
        try options.write(besides: [data]) { model in
            let originals = try HeldOutImages(data, reading, split: split, first: count, for: model.program)
            let made = try model.reconstruct(originals.pixels)
            return Grid.pairs(originals: model.pictures(originals.pixels), reconstructions: model.pictures(made))
        }
    }
}
