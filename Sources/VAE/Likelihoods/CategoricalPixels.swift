import Tensors

/// p(x|z) for bytes: a probability for each of the 256 values of each pixel.
///
/// The decoder's result (R, 256 · C, H, W) holds the 256 logits of the first channel, then those of the next.
public struct CategoricalPixels: Distribution {
    static let levels = 256

    /// ln p of each value, (R, C, 256, H · W).
    private let logProbabilities: Tensor
    /// (R, C, H, W)
    private let pixels: Shape

    init(_ decoded: Tensor) {
        let shape = decoded.shape
        pixels = [shape[0], shape[1] / Self.levels, shape[2], shape[3]]
        let byLevel = decoded.reshaped(to: [pixels[0], pixels[1], Self.levels, pixels[2] * pixels[3]])
        logProbabilities = byLevel.logSoftmax(axis: 2)
    }

    /// The values that a pixel can have, (1, 1, 256, 1), from 0 to 255.
    private static var values: Tensor { Tensor.indices(levels).reshaped(to: [1, 1, levels, 1]) }

    public func logDensity(of x: Tensor) -> Tensor {
        let flat = x.reshaped(to: [pixels[0], pixels[1], 1, pixels[2] * pixels[3]])
        let isValue = step(0.5 - abs(255 * flat - Self.values))
        return (isValue * logProbabilities).sumOfEachExample()
    }

    public var mean: Tensor { expectation(exp(logProbabilities)) }

    public var mostProbable: Tensor { expectation(logProbabilities.argmaxOneHot(axis: 2)) }

    public func sample(in scope: inout Scope) -> Tensor {
        let gumbel = -log(-log(scope.noise(.uniform, logProbabilities.shape)))
        return expectation((logProbabilities + gumbel).argmaxOneHot(axis: 2))
    }

    /// Σ p · value / 255, (R, C, H, W).
    private func expectation(_ weights: Tensor) -> Tensor {
        (weights * Self.values).sum(axes: [2]).reshaped(to: pixels) / 255
    }
}
