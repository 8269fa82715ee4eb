import Glibc

/// A covariance matrix Σ = L · Lᵀ as its factor L and that factor's inverse, both lower triangles.
struct Covariance: Sendable {
    let dimensions: Int
    /// L, row by row.
    let factor: [Double]
    /// The columns of L⁻¹, each as a row.
    private let inverse: Rows
    /// ln |L⁻¹| = −½ ln |Σ|
    private let logDeterminant: Double

    /// - Parameter matrix: Σ, row by row.
    /// - Returns: Nil where Σ is not positive definite.
    init?(_ matrix: [Double], dimensions: Int) {
        guard let factor = Self.factor(of: matrix, dimensions) else { return nil }
        self.dimensions = dimensions
        self.factor = factor
        inverse = Self.inverse(of: factor, dimensions)
        logDeterminant = -(0..<dimensions).reduce(0.0) { $0 + log(factor[$1 * dimensions + $1]) }
    }

    /// Cholesky's factor: L_ij = (Σ_ij − Σ_k<j L_ik L_jk) / L_jj.
    private static func factor(of matrix: [Double], _ count: Int) -> [Double]? {
        var factor = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0...row {
                var value = matrix[row * count + column]
                for k in 0..<column { value -= factor[row * count + k] * factor[column * count + k] }
                if row == column {
                    guard value > 0 else { return nil }
                    factor[row * count + row] = value.squareRoot()
                } else {
                    factor[row * count + column] = value / factor[column * count + column]
                }
            }
        }
        return factor
    }

    /// By substitution, a column of L⁻¹ at a time.
    private static func inverse(of factor: [Double], _ count: Int) -> Rows {
        var inverse = Rows(count: count, dimensions: count)
        for column in 0..<count {
            inverse[column, column] = 1 / factor[column * count + column]
            for row in column + 1..<max(count, column + 1) {
                var value = 0.0
                for k in column..<row { value -= factor[row * count + k] * inverse[column, k] }
                inverse[column, row] = value / factor[row * count + row]
            }
        }
        return inverse
    }

    /// ln N(x; mean, Σ) = −½ (|L⁻¹ (x − mean)|² + d ln 2π) + ln |L⁻¹|, of the deviation x − mean.
    ///
    /// - Parameter whitened: Memory of as many groups as a row has.
    func logDensity(_ deviation: [Double], _ whitened: inout [SIMD8<Double>]) -> Double {
        for group in whitened.indices { whitened[group] = .zero }
        for column in 0..<dimensions {
            let factor = deviation[column]
            for group in column / 8..<inverse.width { whitened[group] += factor * inverse[group: column, group] }
        }
        var squares = SIMD8<Double>.zero
        for group in whitened { squares += group * group }
        return -0.5 * (squares.sum() + Double(dimensions) * log(2 * Double.pi)) + logDeterminant
    }

    /// L · noise.
    func colored(_ noise: [Double]) -> [Double] {
        (0..<dimensions).map { row in
            (0...row).reduce(0.0) { $0 + factor[row * dimensions + $1] * noise[$1] }
        }
    }
}
