import Contract
import Randomness
import Tensors
import VAE

/// A trained model at work in inference mode: it encodes, reconstructs, decodes and samples images. One thread uses it at a time.
///
/// Pixels come as bytes and leave as numbers in [0, 1]; both are (count, C, H, W), row-major. Where pixels are drawn (`binarize: dynamic`, say),
/// they are drawn as in an evaluation whose first examples they are. A graph is compiled when it is first needed.
public final class ImageModel {
    public let program: TrainingProgram
    private let engine: any Engine
    private let weights: Weights
    private var memory: any ParameterMemory
    private var runners: [Purpose: BatchRunner] = [:]
    /// The runners that have the current state.
    private var loaded: Set<Purpose> = []

    private enum Purpose: Hashable { case reconstruction, encoding, sampling(PixelValue), prior, classification }

    /// How many rows a run takes.
    private let batch: Int

    /// - Parameter batch: How many images are computed together; the last ones are filled up. One is quickest for a single image.
    public init(
        _ program: TrainingProgram, state: ModelState, engine: any Engine, weights: Weights = .average, batch: Int = 16
    ) {
        precondition(batch > 0, "images are computed one at a time at least, not \(batch)")
        self.program = program
        self.batch = batch
        self.weights = weights
        memory = state.memory(weights)
        self.engine = engine
    }

    /// The model of a checkpoint.
    ///
    /// - Throws: What `TrainingProgram` throws for a contract that cannot be built.
    public convenience init(
        _ checkpoint: Checkpoint, engine: any Engine, weights: Weights = .average, batch: Int = 16
    ) throws {
        self.init(
            try TrainingProgram(checkpoint.contract), state: checkpoint.state, engine: engine, weights: weights,
            batch: batch)
    }

    /// Goes on with other parameters of the same model.
    public func load(_ state: ModelState) {
        memory = state.memory(weights)
        loaded = []
    }

    /// The posterior's means, decoded.
    public func reconstruct(_ pixels: [UInt8]) throws -> [Float] {
        try run(.reconstruction, unitInterval(pixels))[0]
    }

    /// The mean of every image's posterior, (count, latents).
    public func means(_ pixels: [UInt8]) throws -> [Float] { try run(.encoding, unitInterval(pixels))[0] }

    /// What the encoder says of an image, by name: `mean` first, then what else describes the posterior of the family, such as `log_variance`;
    /// and `label`, the most probable one, where encoder and decoder take one. Each with how many numbers it is.
    public var encoding: [(name: String, width: Int)] {
        graph(for: .encoding).outputs.slices.map { ($0.name, $0.shape.count / batch) }
    }

    /// What the encoder says of every image: for each of `encoding` its numbers, (count, width).
    public func encode(_ pixels: [UInt8]) throws -> [[Float]] { try run(.encoding, unitInterval(pixels)) }

    /// What the decoder needs of every image: its posterior's mean, and its most probable label where the decoder takes one,
    /// (count, `codeCount`).
    public func codes(_ pixels: [UInt8]) throws -> [Float] {
        let outputs = try run(.encoding, unitInterval(pixels))
        guard program.model.isConditional, let labels = outputs.last else { return outputs[0] }
        let width = program.configuration.model.latents.count
        let classes = codeCount - width
        var codes: [Float] = []
        for row in 0..<labels.count / classes {
            codes += outputs[0][row * width..<(row + 1) * width]
            codes += labels[row * classes..<(row + 1) * classes]
        }
        return codes
    }

    /// How many numbers describe an image for the decoder.
    public var codeCount: Int { program.model.codeCount }

    /// The probabilities of every image's classes, (count, classes); nil where the model tells none.
    public func classProbabilities(_ pixels: [UInt8]) throws -> [Float]? {
        guard program.model.objective.estimator.tellsClasses else { return nil }
        return try run(.classification, unitInterval(pixels))[0]
    }

    /// The images of codes, (count, `codeCount`).
    ///
    /// - Parameter seed: Of the noise of drawn pixels, of which the first images do not depend on the count; the run's where it is nil.
    public func decode(_ codes: [Float], _ value: PixelValue = .mean, seed: UInt64? = nil) throws -> [Float] {
        try run(.sampling(value), codes, seed: seed)[0]
    }

    /// The mean images of latents from the prior.
    ///
    /// - Parameter label: The class of all, where the decoder takes labels; nil for every class in turn.
    public func sample(count: Int, seed: UInt64, label: Int? = nil) throws -> [Float] {
        try decode(try priorCodes(count: count, seed: seed, label: label))
    }

    /// Latents from the prior, and labels where the decoder takes them: a function of the seed, and the first ones do not depend on the
    /// count.
    ///
    /// - Parameter temperature: What the deviation of a normal prior is multiplied by; only `Latents.haveNormalPrior` have one.
    public func priorCodes(
        count: Int, seed: UInt64, label: Int? = nil, temperature: Float = 1
    ) throws -> [Float] {
        let latents = program.configuration.model.latents
        let classes = codeCount - latents.count
        let draws = (0..<count).flatMap { sample in
            let stream = RandomStream(seed: seed, operator: RandomStream.synthesis, example: UInt32(sample))
            let chosen = label ?? (classes > 0 ? sample % classes : 0)
            let label: [Float] = (0..<classes).map { $0 == chosen ? 1 : 0 }
            let draw = latents.draw(stream)
            return (temperature == 1 ? draw : draw.map { temperature * $0 }) + label
        }
        return program.model.priorGraph(count: batch) == nil ? draws : try run(.prior, draws)[0]
    }

    private func unitInterval(_ pixels: [UInt8]) -> [Float] {
        var values = [Float](repeating: 0, count: pixels.count)
        writeUnitInterval(pixels[...], to: &values, values.indices)
        return values
    }

    private func run(_ purpose: Purpose, _ rows: [Float], seed: UInt64? = nil) throws -> [[Float]] {
        let runner = try runners[purpose] ?? BatchRunner(graph(for: purpose), batch: batch, engine: engine)
        runners[purpose] = runner
        if loaded.insert(purpose).inserted { runner.load(memory) }
        return runner.run(rows, seed: seed ?? program.configuration.seed)
    }

    private func graph(for purpose: Purpose) -> Graph {
        switch purpose {
        case .reconstruction: program.model.reconstructionGraph(count: batch)
        case .encoding: program.model.encodingGraph(count: batch)
        case .sampling(let value): program.model.samplingGraph(count: batch, value)
        case .prior: program.model.priorGraph(count: batch)!
        case .classification: program.model.classificationGraph(count: batch)!
        }
    }
}
