import Tensors
import Testing

@testable import OneDNN

/// Gradients of convolutions' weights, whose kernels are the engine's own: every block of registers, every edge.
@Suite struct WeightGradientTests {
    /// Channels of the images and of the results.
    private static let channels = [
        (1, 1), (1, 16), (3, 32), (3, 64), (2, 15), (15, 33), (32, 3), (40, 1), (16, 15), (17, 16), (20, 7), (33, 64),
        (6, 80), (64, 48),
        (12, 112), (70, 100),
    ]

    @Test(arguments: channels, hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32])
    func gradientsOfWeightsAgree(channels: (images: Int, results: Int), precision: Precision) throws {
        for seed in UInt64(0)..<4 {
            var dice = Dice(9_000 + seed + UInt64(100 * channels.images + channels.results))
            let window = Operation.Convolution(
                stride: SIMD2(dice.roll(1...3), dice.roll(1...3)),
                paddingBefore: SIMD2(dice.roll(0...2), dice.roll(0...2)),
                paddingAfter: SIMD2(dice.roll(0...2), dice.roll(0...2)))
            let weight = Shape([channels.results, channels.images, dice.roll(1...4), dice.roll(1...4)])
            let x = Shape([
                dice.roll(1...3), channels.images, weight[2] + dice.roll(0...9),
                weight[3] + (seed == 0 ? 40 : dice.roll(0...9)),
            ])
            let graph = differentiated(of: [x, weight]) { convolution($0[0], $0[1], window) * 0.1 }.rounded(
                to: precision)
            try expectAgreement(
                graph, seed: seed, tolerance: precision == .float32 ? 2e-5 : 1e-2, scale: 0.5,
                bytesOfChunk: seed == 1 ? 1 : 1_000_000)
        }
    }
}
