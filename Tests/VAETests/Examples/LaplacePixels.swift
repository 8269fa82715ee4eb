import Tensors

@testable import VAE

/// Grey pixels that lie about the decoder's result as a Laplace distribution of scale 1 does: errors count by their size, not its square.
struct LaplacePixels: Distribution {
    /// The decoder's result, (R, …).
    let mean: Tensor

    init(mean: Tensor) { self.mean = mean }

    /// ln p(x) = −Σ |x − mean| + ln 2, in nats.
    func logDensity(of x: Tensor) -> Tensor { -(abs(x - mean) + logTwo).sumOfEachExample() }

    var mostProbable: Tensor { mean }

    /// mean − sign(v) · ln(1 − 2|v|) with v uniform in (−½, ½): the inverse of the distribution function.
    func sample(in scope: inout Scope) -> Tensor {
        let v = scope.noise(.uniform, mean.shape) - 0.5
        return mean - (2 * step(v) - 1) * log(1 - 2 * abs(v))
    }
}

/// ln 2
private let logTwo: Float = 0.693_147_2
