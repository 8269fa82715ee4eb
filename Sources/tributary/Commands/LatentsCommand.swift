import ArgumentParser
import ConfigurationFiles
import Pictures
import Training
import VAE

/// `tributary latents`: what the latents of a trained model are like.
struct LatentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latents",
        abstract: "Plots the latents of a trained model.",
        discussion: """
            --plot says what is drawn: `pca`, codes along the two directions in which they vary most; `histograms`, draws from the \
            posteriors of all images beside the prior N(0, 1); `divergence`, the nats of each latent, and which are active; `map`, what \
            the decoder makes of all places of a model with two latents; `pairs`, draws of a few latents, each against each.

            Examples:
              tributary latents --checkpoint runs/mnist --data mnist.h5 --plot pca \\
                --out pca.png
              tributary latents --checkpoint runs/two --plot map --out map.png
            """)

    @OptionGroup var trained: ModelOptions
    @OptionGroup var destination: PictureOutput
    @Option(help: "What is drawn.") var plot: LatentPlot
    @Option(help: "The image file whose images are encoded, for all plots but map.", completion: .file())
    var data: String?
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(help: "The split to encode (default: valid, or test where there is none).") var split: String?
    @Option(help: "The attribute that colours tell (default: classes, where the file has them).") var name: String?
    @Option(help: "How many images at most, spread evenly over the split.") var count = 5000
    @Option(
        help:
            "How many latents, those of most divergence first (default: 16 for histograms, 4 for pairs, which are 12 at most)."
    )
    var dimensions: Int?
    @Option(help: "Images in a row, for map.") var columns = 20

    func validate() throws {
        guard (plot == .map) == (data == nil) else {
            throw ValidationError(
                plot == .map
                    ? "--plot map shows what the decoder makes of latents, and reads no --data: leave it out"
                    : "--plot \(plot.rawValue) is of codes of images: name their file with --data")
        }
        guard (1...1_000_000).contains(count) else {
            throw ValidationError("--count is from 1 to 1000000, not \(count)")
        }
        guard (1...100).contains(dimensions ?? 1) else {
            throw ValidationError("--dimensions is from 1 to 100, not \(dimensions ?? 1)")
        }
        guard plot != .pairs || (dimensions ?? 1) <= 12 else {
            throw ValidationError("--plot pairs shows 12 latents at most, not \(dimensions ?? 1)")
        }
        guard (2...100).contains(columns) else { throw ValidationError("--columns is from 2 to 100, not \(columns)") }
    }

    func run() throws {
        try destination.write(besides: trained.inputs + (data.map { [$0] } ?? [])) {
            let model = try trained.model()
            guard let data else { return try LatentMap(model, columns: columns).image() }
            let codes = try EncodedImages(model, data, reading, split: split, most: count, colouredBy: name)
            return switch plot {
            case .pca: try codes.principalComponents()
            case .histograms: try codes.histograms(dimensions ?? 16)
            case .divergence: try codes.divergences()
            case .pairs: try codes.pairs(dimensions ?? 4)
            case .map: preconditionFailure("drawn above, since it has no data")
            }
        }
    }
}

/// What `latents` draws.
enum LatentPlot: String, ExpressibleByArgument, CaseIterable {
    case pca, histograms, divergence, map, pairs
}
