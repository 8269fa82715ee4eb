/// Vectors along which attributes change: for each, the mean of vectors with it minus the mean of vectors without it.
///
/// Vectors come one at a time, and sums alone are kept.
///
/// Source: Larsen, Sønderby, Larochelle, Winther, "Autoencoding beyond pixels using a learned similarity metric", ICML 2016, section 4.
public struct AttributeVectors: Sendable {
    /// K, how many attributes there are.
    public let attributes: Int
    /// D
    public let dimensions: Int
    /// For each attribute the sums of vectors with it and without it, 2 · D numbers.
    private var sums: [Double]
    private var counts: [(with: Int, without: Int)]

    public init(attributes: Int, dimensions: Int) {
        self.attributes = attributes
        self.dimensions = dimensions
        sums = Array(repeating: 0, count: 2 * attributes * dimensions)
        counts = Array(repeating: (0, 0), count: attributes)
    }

    /// Adds a vector.
    ///
    /// - Parameter truth: Whether each attribute is true of it; nil where nobody knows.
    public mutating func add(_ vector: ArraySlice<Float>, _ truth: [Bool?]) {
        precondition(vector.count == dimensions && truth.count == attributes, "a vector of other sizes")
        for (attribute, value) in truth.enumerated() {
            guard let value else { continue }
            if value { counts[attribute].with += 1 } else { counts[attribute].without += 1 }
            let start = (2 * attribute + (value ? 0 : 1)) * dimensions
            for index in 0..<dimensions { sums[start + index] += Double(vector[vector.startIndex + index]) }
        }
    }

    /// How many vectors have an attribute, and how many lack it.
    public func count(of attribute: Int) -> (with: Int, without: Int) { counts[attribute] }

    /// The vector of an attribute; nil where no vector has it, or every one.
    public subscript(attribute: Int) -> [Double]? {
        let (with, without) = counts[attribute]
        guard with > 0, without > 0 else { return nil }
        let start = 2 * attribute * dimensions
        return (0..<dimensions).map {
            sums[start + $0] / Double(with) - sums[start + dimensions + $0] / Double(without)
        }
    }

    /// What remains of a vector when its part within the span of others is taken out (Gram and Schmidt).
    public static func orthogonalised(_ vector: [Double], to others: [[Double]]) -> [Double] {
        var basis: [[Double]] = []
        for other in others {
            let rest = other.removing(basis)
            let length = dot(rest, rest).squareRoot()
            // What others span already adds nothing but rounding.
            guard length > 1e-9 * dot(other, other).squareRoot(), length > 0 else { continue }
            basis.append(rest.map { $0 / length })
        }
        return vector.removing(basis)
    }
}

extension [Double] {
    /// Without its parts along unit vectors that are orthogonal to each other.
    fileprivate func removing(_ basis: [[Double]]) -> [Double] {
        basis.reduce(self) { vector, unit in
            let share = dot(vector, unit)
            return zip(vector, unit).map { $0 - share * $1 }
        }
    }
}
