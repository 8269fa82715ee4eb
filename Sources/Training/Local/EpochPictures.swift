import Pictures
import Randomness
import Tensors
import VAE

/// The pictures that show how training goes on: reconstructions beside originals, samples from the prior, the loss.
///
/// The same examples and latents every time, so that pictures of different epochs compare.
public final class EpochPictures {
    private let program: TrainingProgram
    private let reconstruction: any Executable
    private let sampling: any Executable
    private let originals: [UInt8]
    private let latents: [Float]

    /// How many examples are reconstructed at most, and how many samples are drawn.
    private static let reconstructed = 24
    private static let sampled = 64

    /// Compiles the graphs, and reads the first held-out examples, or training ones where nothing is held out.
    public init(_ program: TrainingProgram, engine: any Engine, source: any ExampleSource) throws {
        let split: Split = source.count(.valid) > 0 ? .valid : .train
        let count = min(Self.reconstructed, source.count(split))
        self.program = program
        originals = try source.pixels(of: Array(0..<count), in: split)
        latents = Self.latents(program)
        reconstruction = try engine.compile(program.model.reconstructionGraph(count: count))
        sampling = try engine.compile(program.model.samplingGraph(count: Self.sampled))
    }

    /// Writes `reconstructions-EPOCH.png`, `samples-EPOCH.png` and `loss.png` into a directory, and returns their paths.
    public func write(epoch: Int, _ state: ModelState, _ history: History, to directory: String) throws -> [String] {
        let digits = String(epoch)
        let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        var pictures = [
            ("\(directory)/reconstructions-\(number).png", reconstructions(state)),
            ("\(directory)/samples-\(number).png", samples(state)),
        ]
        if !history.train.isEmpty { pictures.append(("\(directory)/loss.png", Self.lossCurve(history))) }
        for (path, picture) in pictures { try PNG.write(picture, to: path) }
        return pictures.map(\.0)
    }

    /// Originals with their reconstructions at their right, the posterior's mean decoded in inference mode.
    public func reconstructions(_ state: ModelState) -> Image {
        let count = originals.count / program.pixelsPerExample
        var inputs = [Float](repeating: 0, count: originals.count)
        writeUnitInterval(originals, to: &inputs, inputs.indices)
        let results = run(reconstruction, state, inputs, count: count)
        return Grid.pairs(
            originals: (0..<count).map { image(originals, $0) }, reconstructions: (0..<count).map { image(results, $0) }
        )
    }

    /// What the decoder makes of latents from the prior, in inference mode.
    public func samples(_ state: ModelState) -> Image {
        let results = run(sampling, state, latents, count: Self.sampled)
        return Grid.image((0..<Self.sampled).map { image(results, $0) }, columns: 8)
    }

    /// The negative ELBO of training and held-out examples over the epochs.
    public static func lossCurve(_ history: History) -> Image {
        func series(_ name: String, _ epochs: [History.Epoch]) -> LinePlot.Series {
            LinePlot.Series(name: name, points: epochs.map { Point(x: Double($0.epoch), y: $0.negativeELBO) })
        }
        return LinePlot(
            title: "Negative ELBO", xTitle: "epoch", yTitle: "nats per image",
            series: [series("train", history.train), series("valid", history.valid)].filter { !$0.points.isEmpty }
        ).image()
    }

    private func run(_ executable: any Executable, _ state: ModelState, _ inputs: [Float], count: Int) -> [Float] {
        executable.load(parameters: state.parameters, statistics: state.statistics)
        var outputs = [Float](repeating: 0, count: count * program.pixelsPerExample)
        executable.run(inputs: inputs, noise: NoiseKeys(seed: program.configuration.seed), into: &outputs)
        return outputs
    }

    private func image(_ values: [UInt8], _ index: Int) -> Image {
        let images = program.configuration.model.images
        return Image(
            planar: values, index: index, channels: images.channels, height: images.height, width: images.width)
    }

    private func image(_ values: [Float], _ index: Int) -> Image {
        let images = program.configuration.model.images
        return Image(
            planar: values, index: index, channels: images.channels, height: images.height, width: images.width)
    }

    private static func latents(_ program: TrainingProgram) -> [Float] {
        (0..<sampled).flatMap { sample in
            let stream = RandomStream(
                seed: program.configuration.seed, operator: RandomStream.synthesis, example: UInt32(sample))
            return (0..<program.configuration.model.latents).map { Float(stream.normal($0)) }
        }
    }
}
