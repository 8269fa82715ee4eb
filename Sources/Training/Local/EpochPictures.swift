import Contract
import Files
import Pictures
import Tensors
import VAE

/// The pictures that show how training goes on: reconstructions beside originals, samples from the prior, the loss.
///
/// The same examples and latents every time, so that pictures of different epochs compare.
public final class EpochPictures {
    private let model: ImageModel
    private let originals: [UInt8]

    /// How many examples are reconstructed at most, and how many samples are drawn.
    private static let reconstructed = 24
    private static let sampled = 64

    /// The pixels of the first held-out examples, or of training ones where nothing is held out.
    public static func originals(of source: some ExampleSource) throws -> [UInt8] {
        let split: Split = source.count(.valid) > 0 ? .valid : .train
        return try source.pixels(of: Array(0..<min(reconstructed, source.count(split))), in: split)
    }

    /// - Parameter originals: What is reconstructed: `EpochPictures.originals(of:)`.
    public init(_ program: TrainingProgram, engine: any Engine, originals: [UInt8]) {
        self.originals = originals
        model = ImageModel(program, state: program.initialState(), engine: engine)
    }

    /// Writes `reconstructions-0003.png` and `samples-0003.png`, or `…-step-0000000200.png`, and `loss.png` into a directory, and returns
    /// their paths.
    public func write(
        _ moment: PictureMoment, _ state: ModelState, _ history: History, to directory: String,
        files: any FileSystem = PosixFileSystem()
    ) throws -> [String] {
        model.load(state)
        var pictures = [
            ("\(directory)/reconstructions-\(moment.nameEnd).png", try reconstructions())
        ]
        // What predicts a part of an image has nothing to draw from.
        if model.program.configuration.model.images.prediction == nil {
            pictures.append(("\(directory)/samples-\(moment.nameEnd).png", try samples()))
        }
        if !history.train.isEmpty || !history.valid.isEmpty {
            pictures.append(("\(directory)/loss.png", Self.lossCurve(history, plan: model.program.plan)))
        }
        for (path, picture) in pictures { try files.replaceDurably(path, PNG.encode(picture)) }
        return pictures.map(\.0)
    }

    /// Originals with their reconstructions at their right, the posterior's mean decoded in inference mode.
    private func reconstructions() throws -> Image {
        let results = try model.reconstruct(originals)
        let indices = 0..<originals.count / model.program.pixelsPerExample
        return Grid.pairs(
            originals: indices.map { image(originals, $0) }, reconstructions: indices.map { image(results, $0) })
    }

    /// What the decoder makes of latents from the prior, in inference mode.
    private func samples() throws -> Image {
        let results = try model.sample(count: Self.sampled, seed: model.program.configuration.seed)
        return Grid.image((0..<Self.sampled).map { image(results, $0) }, columns: 8)
    }

    /// The negative ELBO of training and held-out examples over the epochs; an evaluation within an epoch lies between two.
    public static func lossCurve(_ history: History, plan: ShardPlan) -> Image {
        func series(_ name: String, _ epochs: [History.Epoch]) -> LinePlot.Series {
            LinePlot.Series(
                name: name,
                points: epochs.map {
                    Point(x: min(Double($0.epoch), plan.epochs(beforeStep: $0.step)), y: $0.negativeELBO)
                })
        }
        return LinePlot(
            title: "Negative ELBO", xTitle: "epoch", yTitle: "nats per image",
            series: [series("train", history.train), series("valid", history.valid)].filter { !$0.points.isEmpty }
        ).image()
    }

    private func image(_ values: [UInt8], _ index: Int) -> Image {
        let images = model.program.configuration.model.images
        return Image(
            planar: values, index: index, channels: images.channels, height: images.height, width: images.width)
    }

    private func image(_ values: [Float], _ index: Int) -> Image {
        let images = model.program.configuration.model.images
        return Image(
            planar: values, index: index, channels: images.channels, height: images.height, width: images.width)
    }
}
