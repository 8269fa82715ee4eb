/// C = 1/N Σₙ (xₙ − μ)(xₙ − μ)ᵀ of N vectors, as what it makes of a vector: in the form that is smaller, so that neither many vectors nor many
/// dimensions take more memory than the vectors themselves.
struct CovarianceMatrix {
    /// The sum of the diagonal: the variance along all axes together.
    let trace: Double
    private let form: Form

    private enum Form {
        /// D × D numbers, row by row.
        case matrix([Double])
        /// xₙ − μ, N × D numbers.
        case vectors([Double])
    }

    private let width: Int
    private let count: Int

    /// - Parameters:
    ///   - vectors: N · D finite numbers, vector by vector.
    ///   - mean: μ
    init(_ vectors: [Float], around mean: [Double]) {
        let (width, count) = (mean.count, vectors.count / mean.count)
        var (squares, matrix, centred) = (0.0, [Double](), [Double]())
        let isWide = width > count
        if isWide { centred.reserveCapacity(vectors.count) } else { matrix = Array(repeating: 0, count: width * width) }
        for start in stride(from: 0, to: vectors.count, by: width) {
            let vector = (0..<width).map { Double(vectors[start + $0]) - mean[$0] }
            squares += dot(vector, vector)
            if isWide { centred += vector } else { Self.addProduct(of: vector, to: &matrix) }
        }
        trace = squares / Double(count)
        form = isWide ? .vectors(centred) : .matrix(matrix)
        (self.width, self.count) = (width, count)
    }

    private static func addProduct(of vector: [Double], to matrix: inout [Double]) {
        for (row, factor) in vector.enumerated() {
            for column in vector.indices { matrix[row * vector.count + column] += factor * vector[column] }
        }
    }

    /// C v
    func times(_ vector: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: width)
        switch form {
        case .matrix(let matrix):
            for (row, factor) in vector.enumerated() { Self.add(matrix, row, times: factor, to: &result) }
        case .vectors(let vectors):
            for row in 0..<count {
                let share = (0..<width).reduce(0) { $0 + vectors[row * width + $1] * vector[$1] }
                Self.add(vectors, row, times: share, to: &result)
            }
        }
        return result.map { $0 / Double(count) }
    }

    private static func add(_ rows: [Double], _ row: Int, times factor: Double, to result: inout [Double]) {
        for column in result.indices { result[column] += factor * rows[row * result.count + column] }
    }
}
