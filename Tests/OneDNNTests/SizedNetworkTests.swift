import Tensors
import Testing
import VAE

@testable import OneDNN

/// Networks for odd sizes on the engine, where windows, tiles and sweeps end in the middle of things.
@Suite struct SizedNetworkTests {
    private static func model(_ height: Int, _ width: Int, _ channels: Int) throws -> VariationalAutoencoder {
        let network = try SizedNetwork(.face, for: ImageDescription(channels: channels, height: height, width: width))
        // Of two terms of like size the errors are those of rounding.
        return try VariationalAutoencoder(network.model, Objective(likelihood: .squaredError))
    }

    @Test(arguments: [(45, 45, 1), (28, 20, 1), (17, 18, 3), (16, 31, 4), (33, 16, 2)])
    func trainingStepsOfOddSizesAgree(height: Int, width: Int, channels: Int) throws {
        let model = try Self.model(height, width, channels)
        try expectAgreement(model.trainingGraph(microbatch: 2), tolerance: 2e-5, scale: 0.1)
        try expectAgreement(model.evaluationGraph(microbatch: 2), tolerance: 2e-5, scale: 0.1)
    }

    /// Sums rounded to the other side differ by 2⁻⁸ of themselves. In larger images, of even size as well, such
    /// differences grow to a tenth.
    @Test(
        .enabled(if: hasBFloat16, "scripts/test runs it in a process of the class avx512-bf16"),
        arguments: [(28, 20, 1), (17, 18, 3)])
    func roundedTrainingStepsOfOddSizesAgree(height: Int, width: Int, channels: Int) throws {
        let graph = try Self.model(height, width, channels).trainingGraph(microbatch: 2)
        try expectAgreement(graph.rounded(to: .bfloat16), tolerance: 1e-2, scale: 0.1)
    }

    @Test(arguments: [(218, 178, 3), (45, 45, 1), (28, 20, 1), (97, 96, 3)])
    func oddSizesCompileWithoutReorders(height: Int, width: Int, channels: Int) throws {
        let graph = try Self.model(height, width, channels).trainingGraph(microbatch: 4)
        #expect(try testedEngine().compile(graph).counters.reordersBetweenOperations == 0)
    }
}
