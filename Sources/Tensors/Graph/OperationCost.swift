/// What one part of a compiled graph costs in a run.
public struct OperationCost: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, Codable {
        /// A convolution or a matrix product.
        case linear
        /// A fused loop of element-wise operations and sums.
        case elementwise
        /// A change of layout, a copy or an addition of parts.
        case copy
        case noise
    }

    public let kind: Kind
    /// What is computed, with shapes.
    public let name: String
    /// The implementation that was chosen.
    public let kernel: String
    /// Floating-point operations of a run, a multiply-add being two.
    public let flops: Double
    /// Bytes that a run must read and write, each operand and result once.
    public let bytes: Double
    /// Time in a run.
    public var seconds: Double

    public init(kind: Kind, name: String, kernel: String, flops: Double, bytes: Double, seconds: Double = 0) {
        self.kind = kind
        self.name = name
        self.kernel = kernel
        self.flops = flops
        self.bytes = bytes
        self.seconds = seconds
    }
}

/// An executable that can say where its time goes.
public protocol ProfilingExecutable: Executable {
    /// Runs once like `run`, measuring each part.
    func profile(inputs: [Float], noise: NoiseKeys, into outputs: inout [Float]) -> [OperationCost]

    /// Runs the convolutions and matrix products alone, on whatever lies in memory: the least that a run can take. Of the noise, what says
    /// which channels are left out is made.
    func runLinearParts(noise: NoiseKeys)
}
