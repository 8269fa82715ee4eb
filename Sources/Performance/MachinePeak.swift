import Tensors

/// What one thread of this machine does at most, measured through an engine on work of one kind.
public struct MachinePeak: Hashable, Sendable {
    /// Floating-point operations a second of a large matrix product.
    public let arithmetic: Double
    /// Bytes a second of a sum over numbers that no cache holds.
    public let memory: Double

    /// Measures for about half a second.
    ///
    /// - Parameter precision: What the matrix product is computed from.
    public init(engine: any Engine, precision: Precision = .float32) throws {
        let product = Self.matrixProduct(size: 2048).rounded(to: precision)
        arithmetic = product.linearFloatingPointOperations / (try Self.bestSeconds(product, engine))
        let elements = 1 << 25
        memory = Double(elements * MemoryLayout<Float>.stride) / (try Self.bestSeconds(Self.reading(elements), engine))
    }

    /// The product of two square matrices: 2 · n³ operations on 3 · n² numbers, so arithmetic is all that counts.
    public static func matrixProduct(size: Int) -> Graph {
        let left = Tensor.statistic("left", [size, size])
        let right = Tensor.parameter("right", [size, size])
        return Graph(
            parameters: SliceTable([("right", right.shape)]), statistics: SliceTable([("left", left.shape)]),
            outputs: [("corner", matrixMultiply(left, right).slice(from: [0, 0], shape: [1, 1]))])
    }

    /// The sum of so many numbers.
    private static func reading(_ elements: Int) -> Graph {
        let values = Tensor.statistic("values", [elements])
        return Graph(statistics: SliceTable([("values", values.shape)]), outputs: [("sum", values.sum())])
    }

    /// The shortest of a few runs; the machine may do something else in the others.
    private static func bestSeconds(_ graph: Graph, _ engine: any Engine) throws -> Double {
        let loop = try GraphLoop(graph, engine: engine)
        loop.run()
        return (0..<8).map { _ in ContinuousClock().measure { loop.run() } / .seconds(1) }.min() ?? 0
    }
}
