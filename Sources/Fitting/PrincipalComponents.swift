import Randomness

/// The directions along which vectors vary most: the first eigenvectors of their covariance matrix.
///
/// C = 1/N Σₙ (xₙ − μ)(xₙ − μ)ᵀ and C v = λ v. The values come from a subspace that is multiplied by C until they stand still, and are
/// exact up to rounding. A function of the vectors alone.
///
/// Source: Halko, Martinsson, Tropp, "Finding structure with randomness", SIAM Review 53, 2011, algorithm 4.4 (the subspace);
/// Golub, Van Loan, "Matrix computations", 2013, section 8.5 (Jacobi's rotations for the small matrix within).
public struct PrincipalComponents: Sendable {
    /// μ, D numbers.
    public let mean: [Double]
    /// vₖ of length 1, the one of most variance first, at right angles to each other; K vectors of D numbers. The number that is
    /// furthest from 0 is positive in each.
    public let directions: [[Double]]
    /// λₖ, the variance along each direction, descending.
    public let variances: [Double]
    /// The variance along all D axes together: the trace of C.
    public let totalVariance: Double

    /// Directions that are followed besides those that are asked for, so that these settle soon.
    private static let companions = 64
    private static let mostRounds = 100
    private static let multiplicationsOfRound = 4

    /// - Parameters:
    ///   - vectors: N · D finite numbers, vector by vector; at least one vector.
    ///   - dimensions: D
    ///   - count: K, at most D.
    public init(_ vectors: [Float], dimensions: Int, count: Int) {
        precondition(
            !vectors.isEmpty && vectors.count % dimensions == 0, "\(vectors.count) numbers in vectors of \(dimensions)")
        precondition((1...dimensions).contains(count), "\(count) directions of \(dimensions) dimensions")
        mean = Self.mean(vectors, dimensions)
        let covariance = CovarianceMatrix(vectors, around: mean)
        totalVariance = covariance.trace
        let (values, vectors) = Self.largest(count, of: covariance, dimensions)
        variances = values.map { max(0, $0) }
        directions = vectors.map(Self.signed)
    }

    /// Where vectors lie along the directions: (x − μ) · vₖ, N rows of K numbers.
    public func coordinates(_ vectors: [Float]) -> [[Double]] {
        stride(from: 0, to: vectors.count, by: mean.count).map { start in
            directions.map { direction in
                mean.indices.reduce(0) { $0 + (Double(vectors[start + $1]) - mean[$1]) * direction[$1] }
            }
        }
    }

    private static func mean(_ vectors: [Float], _ dimensions: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: dimensions)
        for start in stride(from: 0, to: vectors.count, by: dimensions) {
            for index in 0..<dimensions { sums[index] += Double(vectors[start + index]) }
        }
        return sums.map { $0 * Double(dimensions) / Double(vectors.count) }
    }

    private static func largest(
        _ count: Int, of matrix: CovarianceMatrix, _ width: Int
    ) -> (values: [Double], vectors: [[Double]]) {
        let trace = matrix.trace
        // Some more of every direction, so that none vanishes.
        let shift = trace > 0 ? 1e-12 * trace / Double(width) : 1
        var subspace = (0..<min(width, count + companions)).map { row in
            let stream = RandomStream(seed: 0, operator: RandomStream.mixture, example: UInt32(row))
            return (0..<width).map { stream.normal($0) }
        }
        var values: [Double] = []
        for _ in 0..<mostRounds {
            for _ in 0..<multiplicationsOfRound {
                subspace = orthonormal(subspace.map { addingTo(matrix.times($0), $0, times: shift) })
            }
            let before = values
            (values, subspace) = settled(subspace, matrix)
            let tolerance = 1e-13 * max(trace, .leastNormalMagnitude)
            if !before.isEmpty, (0..<count).allSatisfy({ abs(values[$0] - before[$0]) <= tolerance }) { break }
        }
        return (Array(values.prefix(count)), Array(subspace.prefix(count)))
    }

    private static func addingTo(_ vector: [Double], _ other: [Double], times factor: Double) -> [Double] {
        zip(vector, other).map { $0 + factor * $1 }
    }

    /// Adds factor · row to the row of a matrix that begins at `start`.
    private static func addRow(_ matrix: inout [Double], _ start: Int, _ row: [Double], times factor: Double) {
        for index in row.indices { matrix[start + index] += factor * row[index] }
    }

    /// Gram's and Schmidt's vectors, twice for the rounding.
    private static func orthonormal(_ vectors: [[Double]]) -> [[Double]] {
        var result: [[Double]] = []
        for var vector in vectors {
            for _ in 0..<2 {
                for other in result { addRow(&vector, 0, other, times: -dot(vector, other)) }
                let length = dot(vector, vector).squareRoot()
                vector = vector.map { $0 / length }
            }
            result.append(vector)
        }
        return result
    }

    /// The eigenvectors of C within a subspace (Rayleigh and Ritz), and their values, the largest first.
    private static func settled(
        _ subspace: [[Double]], _ matrix: CovarianceMatrix
    ) -> (values: [Double], vectors: [[Double]]) {
        let count = subspace.count
        let products = subspace.map { matrix.times($0) }
        var small = products.flatMap { product in subspace.map { dot(product, $0) } }
        let rotation = diagonalise(&small, count)
        let order = (0..<count).sorted { small[$0 * count + $0] > small[$1 * count + $1] }
        let vectors = order.map { column in
            var vector = [Double](repeating: 0, count: subspace[0].count)
            for row in 0..<count { addRow(&vector, 0, subspace[row], times: rotation[row * count + column]) }
            return vector
        }
        return (order.map { small[$0 * count + $0] }, vectors)
    }

    /// Jacobi's cyclic rotations of a symmetric matrix until it is diagonal; returns what turned it, an eigenvector in each column.
    private static func diagonalise(_ matrix: inout [Double], _ count: Int) -> [Double] {
        var rotation = [Double](repeating: 0, count: count * count)
        for index in 0..<count { rotation[index * count + index] = 1 }
        let scale = matrix.reduce(0) { max($0, abs($1)) }
        for _ in 0..<60 {
            var turned = false
            for p in 0..<count {
                for q in p + 1..<max(count, p + 1) where abs(matrix[p * count + q]) > 1e-15 * scale {
                    turn(&matrix, &rotation, p, q, count)
                    turned = true
                }
            }
            if !turned { break }
        }
        return rotation
    }

    /// One rotation, after which the entries (p, q) and (q, p) are 0.
    private static func turn(_ matrix: inout [Double], _ rotation: inout [Double], _ p: Int, _ q: Int, _ count: Int) {
        let theta = (matrix[q * count + q] - matrix[p * count + p]) / (2 * matrix[p * count + q])
        let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for k in 0..<count { mix(&matrix, k * count + p, k * count + q, cosine, sine) }
        for k in 0..<count { mix(&matrix, p * count + k, q * count + k, cosine, sine) }
        for k in 0..<count { mix(&rotation, k * count + p, k * count + q, cosine, sine) }
    }

    private static func mix(_ values: inout [Double], _ a: Int, _ b: Int, _ cosine: Double, _ sine: Double) {
        (values[a], values[b]) = (cosine * values[a] - sine * values[b], sine * values[a] + cosine * values[b])
    }

    private static func signed(_ vector: [Double]) -> [Double] {
        let largest = vector.max { abs($0) < abs($1) } ?? 1
        return largest < 0 ? vector.map { -$0 } : vector
    }
}
