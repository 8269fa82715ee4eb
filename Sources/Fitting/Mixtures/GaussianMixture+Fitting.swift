import Glibc
import Randomness

extension GaussianMixture {
    /// Added to every variance, so that a component of equal codes keeps one: a number, and a part of the mean variance, which stays
    /// visible beside large ones.
    private static let leastVariance = 1e-6
    private static let leastShare = 1e-9
    /// A covariance of more dimensions would take hundreds of megabytes.
    private static let mostDimensions = 4096
    /// Rounds at most, and the nats of a code's mean log density below which a round is the last.
    private static let mostRounds = 200
    private static let tolerance = 1e-4

    /// Fits a mixture by expectation maximisation, from the clusters of k-means.
    ///
    /// - Parameters:
    ///   - codes: Row after row, d numbers each.
    ///   - components: K, at least 1.
    ///   - seed: Of the first centres.
    ///   - progress: Gets the number of a round, from 1, and the mean ln p of a code, in nats, which no round lowers but by what is
    ///     added to variances.
    /// - Throws: `MixtureError`.
    public static func fit(
        _ codes: [Float], dimensions: Int, components: Int, seed: UInt64, progress: (Int, Double) -> Void = { _, _ in }
    ) throws(MixtureError) -> GaussianMixture {
        let rows = Rows(codes, dimensions: dimensions)
        guard rows.count > components, components > 0 else {
            throw .tooFewCodes(rows.count, components: components)
        }
        guard dimensions <= mostDimensions else { throw .tooManyDimensions(dimensions, most: mostDimensions) }
        guard codes.allSatisfy(\.isFinite) else { throw .notFinite }
        let clusters = Clusters(of: rows, count: components, seed: seed)
        var shares = [Double](repeating: 0, count: rows.count * components)
        for (row, cluster) in clusters.assignment.enumerated() { shares[row * components + cluster] = 1 }
        var (mixture, last) = (maximised(rows, shares, components), -Double.infinity)
        for round in 1...mostRounds {
            let mean = mixture.expect(rows, &shares)
            progress(round, mean)
            if mean - last < tolerance { break }
            last = mean
            mixture = maximised(rows, shares, components)
        }
        return mixture
    }

    /// Each component's share in each code, πₖ N(z; μₖ, Σₖ) / p(z), and the mean ln p(z).
    private func expect(_ rows: Rows, _ shares: inout [Double]) -> Double {
        var whitened = [SIMD8<Double>](repeating: .zero, count: rows.width)
        var deviation = [Double](repeating: 0, count: rows.dimensions)
        var terms = [Double](repeating: 0, count: components.count)
        var total = 0.0
        for row in 0..<rows.count {
            for (index, component) in components.enumerated() {
                for element in deviation.indices { deviation[element] = rows[row, element] - component.mean[element] }
                terms[index] = log(component.weight) + component.covariance.logDensity(deviation, &whitened)
            }
            let greatest = terms.max()!
            let logDensity = greatest + log(terms.reduce(0) { $0 + exp($1 - greatest) })
            for index in terms.indices { shares[row * terms.count + index] = exp(terms[index] - logDensity) }
            total += logDensity
        }
        return total / Double(rows.count)
    }

    /// The mixture that makes the shares' expected log density greatest.
    private static func maximised(_ rows: Rows, _ shares: [Double], _ count: Int) -> GaussianMixture {
        let components = (0..<count).map { index in
            let weights = (0..<rows.count).map { shares[$0 * count + index] }
            // A component that lost all its codes keeps a trace of every one.
            let total = weights.reduce(0, +)
            return component(rows, total > 1e-10 ? weights : weights.map { $0 + 1 / Double(rows.count) })
        }
        let total = components.reduce(0) { $0 + $1.weight }
        return GaussianMixture(
            components: components.map {
                Component(weight: $0.weight / total, mean: $0.mean, covariance: $0.covariance)
            })
    }

    private static func component(_ rows: Rows, _ weights: [Double]) -> Component {
        let total = weights.reduce(0, +)
        var mean = Rows(count: 1, dimensions: rows.dimensions)
        for row in 0..<rows.count { mean.add(row, of: rows, times: weights[row] / total, to: 0) }
        let moments = scatter(rows, weights, about: mean)
        let dimensions = rows.dimensions
        let trace = (0..<dimensions).reduce(0) { $0 + moments[$1, $1] / total }
        let least = leastVariance + leastShare * trace / Double(dimensions)
        let matrix = (0..<dimensions * dimensions).map { index -> Double in
            let (row, column) = (index / dimensions, index % dimensions)
            return moments[row, column] / total + (row == column ? least : 0)
        }
        guard let covariance = Covariance(matrix, dimensions: dimensions) else {
            preconditionFailure("a sum of squares with something added is positive definite")
        }
        return Component(
            weight: total, mean: (0..<dimensions).map { mean[0, $0] }, covariance: covariance)
    }

    /// Σ wₙ (zₙ − mean)(zₙ − mean)ᵀ
    private static func scatter(_ rows: Rows, _ weights: [Double], about mean: Rows) -> Rows {
        var sum = Rows(count: rows.dimensions, dimensions: rows.dimensions)
        var deviation = Rows(count: 1, dimensions: rows.dimensions)
        for row in 0..<rows.count where weights[row] > 0 {
            for group in 0..<rows.width {
                deviation[group: 0, group] = rows[group: row, group] - mean[group: 0, group]
            }
            for element in 0..<rows.dimensions {
                sum.add(0, of: deviation, times: weights[row] * deviation[0, element], to: element)
            }
        }
        return sum
    }
}
