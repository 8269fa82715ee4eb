import Tensors

/// Σ w and Σ w² of the weights w of each example's samples so far, each (B), in units of the greatest w and of its square, so that
/// nothing overflows.
struct WeightSums {
    /// The logarithm of the greatest weight.
    let greatest: Tensor
    let sum: Tensor
    let squares: Tensor

    /// Below every weight's logarithm, and finite.
    static let logOfNothing: Float = -1e30

    /// The sums with more weights, (B, K), given as logarithms.
    func adding(_ logWeights: Tensor) -> WeightSums {
        let examples = logWeights.shape[0]
        let greatest = Tensors.maximum(greatest, logWeights.maximum(axis: 1).reshaped(to: [examples]))
        let weights = exp(logWeights - greatest.reshaped(to: [examples, 1]))
        let decay = exp(self.greatest - greatest)
        return WeightSums(
            greatest: greatest, sum: sum * decay + weights.sum(axes: [1]),
            squares: squares * square(decay) + square(weights).sum(axes: [1]))
    }

    /// ln Σ w
    var logSum: Tensor { greatest + log(sum) }

    /// (Σ w)² / Σ w²: how many samples of equal weights would tell as much, from 1 to K.
    ///
    /// Source: Kong, "A note on importance sampling using standardized weights", 1992.
    var effectiveSampleSize: Tensor { square(sum) / squares }
}
