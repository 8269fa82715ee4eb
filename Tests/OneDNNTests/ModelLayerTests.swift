import OneDNN
import Tensors
import Testing
import VAE

/// Whole models with the layers that the presets do without.
@Suite struct ModelLayerTests {
    private let layers = ModelDescription(
        images: ImageDescription(channels: 2, height: 6, width: 5),
        encoder: [
            .convolution(filters: 3, window: 3, stride: 2, padding: 1), .batchNormalization(), .tanh,
            .dropout2D(probability: 0.25), .flatten, .linear(units: 9, bias: false), .softplus,
            .dropout(probability: 0.5),
        ],
        latents: 3,
        decoder: [
            .linear(units: 24), .batchNormalization(), .reshape(4, 3, 2), .upsampling(factor: 2),
            .convolution(filters: 3, window: 3, padding: 1), .leakyReLU(slope: 0.2),
            .transposedConvolution(filters: 2, window: 2, trim: 0), .convolution(filters: 2, window: 2),
            .transposedConvolution(filters: 2, window: 2), .convolution(filters: 2, window: 2), .flatten,
            .linear(units: 60), .reshape(2, 6, 5),
        ])

    @Test(arguments: [Likelihood.bernoulli, .gaussian(variance: .fixed(0.25)), .squaredError])
    func trainingAgreesWithTheInterpreter(likelihood: Likelihood) throws {
        let model = try VariationalAutoencoder(layers, Objective(likelihood: likelihood, reconstructionWeight: 2))
        try expectAgreement(try model.trainingGraph(microbatch: 5), tolerance: 1e-4, scale: 0.3)
    }

    /// Pixels that are drawn come out the same, bit by bit, so everything after them agrees.
    @Test(arguments: [Binarization.dynamic, .static, nil])
    func drawnPixelsAgreeWithTheInterpreter(binarize: Binarization?) throws {
        var layers = layers
        layers.images.binarize = binarize
        layers.images.dequantize = binarize == nil
        let model = try VariationalAutoencoder(layers, Objective(likelihood: .squaredError))
        try expectAgreement(try model.trainingGraph(microbatch: 5), tolerance: 1e-4, scale: 0.3)
        try expectAgreement(model.evaluationGraph(microbatch: 5), tolerance: 1e-4, scale: 0.3)
    }

    /// Blocks, pooling and normalisation by groups; chunks of a few bytes take every example by itself.
    @Test(arguments: [1, 700_000])
    func blocksAgreeWithTheInterpreter(bytesOfChunk: Int) throws {
        let model = try VariationalAutoencoder(BlockModel.description, Objective(likelihood: .squaredError))
        let training = try model.trainingGraph(microbatch: 4)
        try expectAgreement(training, tolerance: 1e-4, scale: 0.3, bytesOfChunk: bytesOfChunk)
        try expectAgreement(
            model.evaluationGraph(microbatch: 4), tolerance: 1e-4, scale: 0.3, bytesOfChunk: bytesOfChunk)
        try expectAgreement(model.samplingGraph(count: 4), tolerance: 1e-4, scale: 0.3, bytesOfChunk: bytesOfChunk)
    }

    @Test func inferenceAgreesWithTheInterpreter() throws {
        let model = try VariationalAutoencoder(layers, Objective(likelihood: .bernoulli))
        try expectAgreement(model.samplingGraph(count: 4), tolerance: 1e-4, scale: 0.3)
    }
}
