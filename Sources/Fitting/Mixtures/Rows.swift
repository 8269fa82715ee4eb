/// Vectors of d numbers, in groups of eight so that loops over them are a few instructions; what lies beyond d is 0.
struct Rows {
    let count: Int
    let dimensions: Int
    private(set) var groups: [SIMD8<Double>]

    /// Groups of a row.
    var width: Int { (dimensions + 7) / 8 }

    init(count: Int, dimensions: Int) {
        self.count = count
        self.dimensions = dimensions
        groups = Array(repeating: .zero, count: count * ((dimensions + 7) / 8))
    }

    /// - Parameter values: Row after row.
    init(_ values: [Float], dimensions: Int) {
        self.init(count: values.count / dimensions, dimensions: dimensions)
        for row in 0..<count {
            for element in 0..<dimensions { self[row, element] = Double(values[row * dimensions + element]) }
        }
    }

    subscript(row: Int, element: Int) -> Double {
        get { groups[row * width + element / 8][element % 8] }
        set { groups[row * width + element / 8][element % 8] = newValue }
    }

    subscript(group row: Int, group: Int) -> SIMD8<Double> {
        get { groups[row * width + group] }
        set { groups[row * width + group] = newValue }
    }

    func squaredDistance(_ row: Int, to other: Int, of others: Rows) -> Double {
        var sum = SIMD8<Double>.zero
        for group in 0..<width {
            let difference = self[group: row, group] - others[group: other, group]
            sum += difference * difference
        }
        return sum.sum()
    }

    /// Adds weight · (a row of others).
    mutating func add(_ other: Int, of others: Rows, times weight: Double, to row: Int) {
        for group in 0..<width { self[group: row, group] += weight * others[group: other, group] }
    }

    mutating func scale(_ row: Int, by factor: Double) {
        for group in 0..<width { self[group: row, group] *= factor }
    }
}
