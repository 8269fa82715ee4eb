import Foundation
import VAE

/// Which of its latents a model uses for some examples.
public struct LatentUse: Hashable, Sendable {
    /// The variance over the examples of the posterior's mean, for each number of z.
    public var varianceOfMean: [Double]
    /// KL(q ‖ p) of each variable, in nats, averaged over the examples; not a number where it has no closed form.
    public var divergence: [Double]
    /// How many numbers of z one variable is.
    private let numbersOfVariable: Int
    /// Whether anything pulls the posterior to a prior.
    private let hasPrior: Bool

    /// A variable is active where the mean of its posterior, for a categorical one that of any class, varies by more than this.
    ///
    /// Source: Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, section 5.2.
    public static let leastVariance = 0.01

    /// - Parameter sums: Over the examples, Z for each of `LatentMeasure`, in its order.
    init(sums: [Float], examples: Int, of latents: Latents) {
        let means = sums.map { Double($0) / Double(examples) }
        let (z, size) = (latents.count, latents.count / latents.variables)
        precondition(means.count == 3 * z, "\(means.count) sums for \(z) latents")
        varianceOfMean = (0..<z).map { max(0, means[z + $0] - means[$0] * means[$0]) }
        divergence = stride(from: 2 * z, to: 3 * z, by: size).map {
            latents.haveClosedDivergence ? means[$0..<$0 + size].reduce(0, +) : .nan
        }
        numbersOfVariable = size
        hasPrior = latents.havePrior
    }

    /// How many variables there are.
    public var variables: Int { divergence.count }

    /// How many of them are active.
    public var activeUnits: Int { areActive.count { $0 } }

    private var areActive: [Bool] {
        stride(from: 0, to: varianceOfMean.count, by: numbersOfVariable).map { first in
            varianceOfMean[first..<first + numbersOfVariable].contains { $0 > Self.leastVariance }
        }
    }

    /// Says that fewer than a tenth of the variables are active, and what helps; nil where more are.
    public var collapse: String? {
        guard hasPrior, 10 * activeUnits < variables else { return nil }
        let active = activeUnits == 0 ? "none" : "\(activeUnits)"
        return
            "the posterior has collapsed: \(active) of \(variables) latents \(activeUnits > 1 ? "are" : "is") active, and "
            + (isSaturated ? Self.oneCode : Self.noCode)
    }

    private static let oneCode =
        "every image has nearly the same code, far from the prior; what helps is a lower learning_rate, clipping, or a larger "
        + "divergence_weight"
    private static let noCode =
        "z says little about the image; what helps is a divergence_weight that rises (a linear or cyclical schedule), free bits, or a "
        + "smaller divergence_weight"

    /// Whether categorical variables that are not active have more than half the nats that they can have, ln K of K classes: then no pull to
    /// the prior made them so.
    private var isSaturated: Bool {
        let idle = zip(divergence, areActive).filter { !$0.1 }.map(\.0)
        return numbersOfVariable > 1
            && idle.reduce(0, +) > 0.5 * log(Double(numbersOfVariable)) * Double(idle.count)
    }
}
