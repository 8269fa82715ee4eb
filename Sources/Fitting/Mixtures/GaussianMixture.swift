import Glibc
import Randomness

/// A mixture of normal distributions, p(z) = Σₖ πₖ N(z; μₖ, Σₖ), of vectors of d numbers.
///
/// Fitted on the codes of an autoencoder it is the prior that an autoencoder lacks; on those of a VAE it is often nearer to the codes than
/// N(0, 1) is.
///
/// Source: Bishop, "Pattern recognition and machine learning", 2006, section 9.2; Ghosh et al., "From variational to deterministic
/// autoencoders", ICLR 2020, section 4.
public struct GaussianMixture: Sendable {
    struct Component: Sendable {
        /// πₖ
        var weight: Double
        /// μₖ
        var mean: [Double]
        /// Σₖ
        var covariance: Covariance
    }

    let components: [Component]

    /// The weights πₖ, which sum to 1.
    public var weights: [Double] { components.map(\.weight) }
    /// The means μₖ.
    public var means: [[Double]] { components.map(\.mean) }

    /// A draw: a function of the stream alone.
    public func draw(_ stream: RandomStream) -> [Float] {
        let component = components[component(at: stream.uniform(0))]
        let noise = component.mean.indices.map { stream.normal(4 + $0) }
        return zip(component.mean, component.covariance.colored(noise)).map { Float($0 + $1) }
    }

    /// The component in whose part of [0, 1) a position lies.
    private func component(at position: Double) -> Int {
        var end = 0.0
        for (index, weight) in weights.enumerated() {
            end += weight
            if position < end { return index }
        }
        return components.count - 1
    }
}

/// Why no mixture could be fitted.
public enum MixtureError: Error, Equatable, CustomStringConvertible {
    case tooFewCodes(Int, components: Int)
    case tooManyDimensions(Int, most: Int)
    case notFinite

    public var description: String {
        switch self {
        case .tooFewCodes(let count, let components):
            "\(count) codes are too few to fit a mixture of \(components): fit fewer components, or give more images"
        case .tooManyDimensions(let count, let most):
            "codes of \(count) numbers are too long for full covariances, which are fitted up to \(most)"
        case .notFinite: "the codes are not finite, and no mixture can be fitted on them"
        }
    }
}
