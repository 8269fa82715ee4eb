import ArgumentParser
import ConfigurationFiles
import Contract
import OneDNN
import Pictures
import Training
import VAE

/// Options of the commands that make pictures from a checkpoint.
struct PictureOptions: ParsableArguments {
    @Option(help: "A checkpoint, or a run directory for its newest one.", completion: .file()) var checkpoint: String
    @OptionGroup var chosen: WeightsOption
    @OptionGroup var destination: PictureOutput

    /// Makes a picture with the checkpoint's model and writes it.
    ///
    /// - Parameter inputs: What else is read.
    func write(besides inputs: [String] = [], _ picture: (ImageModel) throws -> Image) throws {
        try destination.write(besides: CheckpointCommand.files(checkpoint) + inputs) {
            let checkpoint = try CheckpointCommand.read(checkpoint)
            return try picture(
                ImageModel(checkpoint, engine: OneDNNEngine(), weights: chosen.weights(of: checkpoint)))
        }
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

struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws new images from the prior, or from a mixture fitted on codes.",
        discussion: """
            Examples:
              tributary sample --checkpoint runs/faces --count 64 --out samples.png
              tributary sample --checkpoint runs/faces --mixture 10 --data faces.h5 \\
                --out samples.png
            """)

    @OptionGroup var options: PictureOptions
    @Option(help: "How many images.") var count = 64
    @Option(help: "The seed of the random numbers.", transform: Readings.seed) var seed: UInt64 = 1
    @Option(help: "Images in a row.") var columns = 8
    @Option(
        help:
            "Draw latents from a mixture of so many normal distributions, fitted on the codes of --data's training images."
    )
    var mixture: Int?
    @Option(help: "The image file that a mixture is fitted on.", completion: .file()) var data: String?
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(
        name: .customLong("class"),
        help: "The class of all images, from 0, for a model of images given labels (default: every class in turn).")
    var label: Int?

    func validate() throws {
        guard (1...4096).contains(count) else { throw ValidationError("--count is from 1 to 4096, not \(count)") }
        guard (mixture == nil) == (data == nil) else {
            throw ValidationError("--mixture and --data go together: a mixture is fitted on the codes of images")
        }
        guard (1...256).contains(mixture ?? 1) else {
            throw ValidationError("--mixture is from 1 to 256, not \(mixture ?? 1)")
        }
        guard (1...256).contains(columns) else { throw ValidationError("--columns is from 1 to 256, not \(columns)") }
    }

    func run() throws {
        try options.write(besides: data.map { [$0] } ?? []) { model in
            try check(model)
            return Grid.image(model.pictures(try images(of: model)), columns: columns)
        }
    }

    private func images(of model: ImageModel) throws -> [Float] {
        guard let mixture, let data else { return try model.sample(count: count, seed: seed, label: label) }
        let fitted = try CodeMixture(mixture, of: model, data, reading, seed: seed)
        return try model.decode(fitted.draws(count, seed: seed))
    }

    private func check(_ model: ImageModel) throws {
        let description = model.program.configuration.model
        guard description.images.prediction == nil else {
            throw UsageProblem(
                "\(options.checkpoint) predicts a part of an image from the rest of it, so there is nothing to draw it from: "
                    + "`tributary reconstruct` shows what it predicts")
        }
        if case .deterministic = description.latents, mixture == nil {
            Terminal.standardError.line(
                "the codes of this autoencoder have no prior, and are drawn from N(0, 1); --mixture 10 --data FILE draws them as codes of "
                    + "images lie")
        }
        guard let label else { return }
        let classes = model.codeCount - model.program.configuration.model.latents.count
        guard classes > 0 else {
            throw UsageProblem("\(options.checkpoint) is no model of images given labels, so --class has no use")
        }
        guard (0..<classes).contains(label) else {
            throw UsageProblem("--class is from 0 to \(classes - 1), not \(label)")
        }
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

struct Interpolate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Walks in latent space from one image to another.",
        discussion: """
            Each row goes from one held-out image to the next; the latent moves in a straight line between the means of \
            their posteriors.

            Example:
              tributary interpolate --checkpoint runs/faces --data faces.h5 --rows 6 \\
                --out walk.png
            """)

    @OptionGroup var options: PictureOptions
    @Option(help: "The image file.", completion: .file()) var data: String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The split to take images from (default: valid, or test where there is none).") var split: String?
    @Option(help: "How many pairs of images.") var rows = 6
    @Option(help: "Images in a row, both ends included.") var columns = 10

    func validate() throws {
        guard (1...256).contains(rows) else { throw ValidationError("--rows is from 1 to 256, not \(rows)") }
        guard (2...256).contains(columns) else { throw ValidationError("--columns is from 2 to 256, not \(columns)") }
    }

    func run() throws {
        try options.write(besides: [data], picture)
    }

    private func picture(_ model: ImageModel) throws -> Image {
        let ends = try HeldOutImages(data, reading, split: split, first: 2 * rows, for: model.program)
        let pairs = ends.count / 2
        guard pairs > 0 else {
            throw UsageProblem(
                "the split has \(ends.count) image, and a row goes from one to another; name another with --split")
        }
        let codes = try model.codes(ends.pixels)
        let width = model.codeCount
        let steps = (0..<pairs).flatMap { row in
            (0..<columns).flatMap { column in
                let share = Float(column) / Float(columns - 1)
                return (0..<width).map { index in
                    let (from, to) = (codes[2 * row * width + index], codes[(2 * row + 1) * width + index])
                    return from + share * (to - from)
                }
            }
        }
        return Grid.image(model.pictures(try model.decode(steps)), columns: columns)
    }
}
