/// What a node of the graph computes. The interpreter is the definition of each; shapes are those of `ShapeInference`.
///
/// The list is short and closed under differentiation: the gradient of every operation is written in these operations.
public enum Operation: Hashable, Sendable {
    // Sources.
    /// A value supplied to every run by name.
    case input(String)
    /// A slice of the parameter buffer.
    case parameter(String)
    /// A slice of the buffer of running statistics, used in inference mode.
    case statistic(String)
    /// The same number everywhere.
    case constant(Float)
    /// Keyed random numbers, a row per example.
    case noise(Noise)

    // Element by element.
    case unary(Unary)
    /// Two operands of one shape.
    case binary(Binary)

    // Shape.
    /// Stretches extents of 1 to the node's shape.
    case broadcast
    /// The same elements in row-major order under another shape.
    case reshape
    /// The block of the node's shape that begins at `start`.
    case slice(start: [Int])
    /// Zeros around the operand, whose first element goes to `start`.
    case pad(start: [Int])
    /// The operands one after another along an axis.
    case concatenate(axis: Int)

    /// The sum along axes, which stay with extent 1.
    case sum(axes: [Int])

    // Linear.
    /// The product of two matrices, each transposed first if said so.
    case matrixMultiply(transposeLeft: Bool, transposeRight: Bool)
    /// `(x, weight) -> y`: cross-correlation of x (B, I, H, W) with a weight (O, I, h, w).
    case convolution(Convolution)
    /// `(dy, weight) -> dx`: the gradient of a convolution with respect to its input; also the transposed convolution.
    case convolutionInputGradient(Convolution)
    /// `(x, dy) -> dWeight`: the gradient of a convolution with respect to its weight.
    case convolutionWeightGradient(Convolution)

    /// The operand itself, through which no gradient flows. Absent from a `Graph`.
    case stopGradient

    public enum Unary: Hashable, Sendable {
        case negate
        case exponential
        case logarithm
        case squareRoot
        case tanh
        /// 1 / (1 + e⁻ˣ)
        case sigmoid
        /// ln(1 + eˣ)
        case softplus
        /// x where x > 0, else slope · x. Slope 0 is ReLU.
        case leakyReLU(slope: Float)
        /// The derivative of `leakyReLU`: 1 where x > 0, else slope.
        case leakyReLUSlope(slope: Float)
        /// The nearest number with 8 significant bits, ties to even. Its derivative is taken as 1.
        case bfloat16
    }

    public enum Binary: Hashable, Sendable {
        case add
        case subtract
        case multiply
        case divide
    }

    /// Keyed random numbers of the shape (B, …): row b comes from the stream of the b-th example.
    public struct Noise: Hashable, Sendable {
        public enum Distribution: Hashable, Sendable {
            /// Mean 0, variance 1.
            case normal
            /// In (0, 1).
            case uniform
            /// 1 with the given probability, else 0.
            case bernoulli(Float)
        }
        public var distribution: Distribution
        /// The operator in the key; one number per source of noise in a graph.
        public var key: UInt16
        /// Whether an example's numbers are those of pass 0 in every pass.
        public var isInEveryPass: Bool

        public init(_ distribution: Distribution, key: UInt16, inEveryPass isInEveryPass: Bool = false) {
            self.distribution = distribution
            self.key = key
            self.isInEveryPass = isInEveryPass
        }
    }

    /// How a convolution's window moves, as (vertical, horizontal).
    public struct Convolution: Hashable, Sendable {
        public var stride: SIMD2<Int>
        /// Zeros above and to the left.
        public var paddingBefore: SIMD2<Int>
        /// Zeros below and to the right.
        public var paddingAfter: SIMD2<Int>

        public init(stride: SIMD2<Int>, paddingBefore: SIMD2<Int>, paddingAfter: SIMD2<Int>) {
            self.stride = stride
            self.paddingBefore = paddingBefore
            self.paddingAfter = paddingAfter
        }

        /// The output extent along one axis: ⌊(input + before + after − window) / stride⌋ + 1.
        public func output(input: Int, window: Int, axis: Int) -> Int {
            let room = input + paddingBefore[axis] + paddingAfter[axis] - window
            return room < 0 ? 0 : room / stride[axis] + 1
        }
    }
}
