import ArgumentParser
import ConfigurationFiles
import Pictures
import Training
import VAE

/// `tributary sample`: new images from the prior.
struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws new images from the prior, or from a mixture fitted on codes.",
        discussion: """
            Examples:
              tributary sample --checkpoint runs/faces --count 64 --out samples.png
              tributary sample --checkpoint runs/faces --temperature 0.7 --out samples/
              tributary sample --checkpoint runs/faces --mixture 10 --data faces.h5 \\
                --out samples.png
            """)

    @OptionGroup var trained: ModelOptions
    @OptionGroup var destination: PicturesOutput
    @Option(help: "How many images.") var count = 64
    @Option(help: "The seed of the random numbers.", transform: Readings.seed) var seed: UInt64 = 1
    @Option(help: "Images in a row.") var columns = 8
    @Option(
        help:
            "What of p(x|z) is shown: its mean, each pixel's most probable value (probable), or a draw of each pixel (drawn)."
    )
    var value = PixelValue.mean
    @Option(
        help:
            "What the prior's deviation is multiplied by, from 0 to 10: images are more usual below 1, and stranger above."
    )
    var temperature: Float = 1
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
        guard (0...10).contains(temperature) else {
            throw ValidationError("--temperature is from 0 to 10, not \(temperature)")
        }
        guard temperature == 1 || mixture == nil else {
            throw ValidationError(
                "--temperature is for the prior, and --mixture draws from another distribution: leave one out")
        }
    }

    func run() throws {
        try destination.write(besides: trained.inputs + (data.map { [$0] } ?? []), columns: columns) {
            let model = try trained.model()
            try check(model)
            return model.pictures(try model.decode(codes(of: model), value, seed: seed))
        }
    }

    private func codes(of model: ImageModel) throws -> [Float] {
        guard let mixture, let data else {
            return try model.priorCodes(count: count, seed: seed, label: label, temperature: temperature)
        }
        return try CodeMixture(mixture, of: model, data, reading, seed: seed).draws(count, seed: seed)
    }

    private func check(_ model: ImageModel) throws {
        let description = model.program.configuration.model
        guard description.images.prediction == nil else {
            throw UsageProblem(
                "\(trained.checkpoint) predicts a part of an image from the rest of it, so there is nothing to draw it from: "
                    + "`tributary reconstruct` shows what it predicts")
        }
        guard temperature == 1 || description.latents.haveNormalPrior else {
            throw UsageProblem(
                "--temperature scales the deviation of a normal prior, and latents of the family \(description.latents.name) have none: "
                    + "leave it out")
        }
        if case .deterministic = description.latents, mixture == nil {
            Terminal.standardError.line(
                "the codes of this autoencoder have no prior, and are drawn from N(0, 1); --mixture 10 --data FILE draws them as codes of "
                    + "images lie")
        }
        try checkLabel(of: model)
    }

    private func checkLabel(of model: ImageModel) throws {
        guard let label else { return }
        let classes = model.codeCount - model.program.configuration.model.latents.count
        guard classes > 0 else {
            throw UsageProblem("\(trained.checkpoint) is no model of images given labels, so --class has no use")
        }
        guard (0..<classes).contains(label) else {
            throw UsageProblem("--class is from 0 to \(classes - 1), not \(label)")
        }
    }
}

extension PixelValue: ExpressibleByArgument {}
