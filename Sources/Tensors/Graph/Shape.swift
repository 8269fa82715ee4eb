/// The extents of a tensor, outermost first. Rank 0 is a scalar; ranks up to four are supported.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible, Codable {
    public var dimensions: [Int]

    public init(_ dimensions: [Int]) {
        precondition(dimensions.allSatisfy { $0 > 0 }, "a shape has positive dimensions, not \(dimensions)")
        self.dimensions = dimensions
    }

    public init(arrayLiteral elements: Int...) {
        self.init(elements)
    }

    public var rank: Int { dimensions.count }

    /// The number of elements.
    public var count: Int { dimensions.reduce(1, *) }

    public subscript(axis: Int) -> Int { dimensions[axis] }

    public var description: String { "[\(dimensions.map(String.init).joined(separator: ", "))]" }

    /// How far apart neighbours along each axis lie in row-major order.
    public var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * dimensions[axis + 1]
        }
        return strides
    }

    /// The shape with the given axes reduced to extent 1.
    public func reduced(along axes: [Int]) -> Shape {
        var result = self
        for axis in axes { result.dimensions[axis] = 1 }
        return result
    }

    /// The shape that two operands share once extents of 1 are stretched, or nil.
    ///
    /// Shapes are aligned at their last axes, as in NumPy.
    public static func broadcast(_ left: Shape, _ right: Shape) -> Shape? {
        let rank = max(left.rank, right.rank)
        let pairs = zip(left.padded(to: rank).dimensions, right.padded(to: rank).dimensions)
        guard pairs.allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
        return Shape(pairs.map { max($0, $1) })
    }

    /// The shape with leading extents of 1 up to `rank` axes.
    public func padded(to rank: Int) -> Shape {
        Shape(Array(repeating: 1, count: rank - self.rank) + dimensions)
    }
}
