import Randomness
import Tensors

/// A graph drawn from a seed: every operation over small shapes, batches of one among them, with its gradients.
///
/// Values stay near 1, so that Float32 and Float64 stay near each other.
struct RandomGraph {
    private var dice: Dice
    private let batch: Int
    private var pool: [Tensor] = []
    private var parameters: [(name: String, shape: Shape)] = []
    private var statistics: [(name: String, shape: Shape)] = []
    private var inputs: [(name: String, shape: Shape)] = []
    private var noiseKey: UInt16 = 0

    private static let mostElements = 5000

    /// The graph of a seed; the same seed always gives the same one.
    static func make(_ seed: UInt64) -> Graph {
        var random = RandomGraph(seed)
        for _ in 0..<random.dice.roll(4...24) { random.grow() }
        return random.finish()
    }

    private init(_ seed: UInt64) {
        dice = Dice(10_000 + seed)
        batch = dice.pick([1, 1, 2, 3, 4, 6, 8, 12])
        pool = [
            input([batch, dice.roll(1...4), dice.roll(1...7), dice.roll(1...7)]),
            parameter(dice.shape(rank: 2, upTo: dice.pick([9, 70]))),
        ]
    }

    private func finish() -> Graph {
        var (this, trained) = (self, parameters.map { Tensor.parameter($0.name, $0.shape) })
        let last = pool.suffix(3)
        let loss = last.reduce(Tensor.constant(0)) { $0 + tanh($1 * 0.5).sum() }
        let slopes = gradients(of: loss, withRespectTo: trained)
        trained = (0..<3).map { _ in this.any() }
        let outputs = Array(last) + [loss] + trained + slopes
        return Graph(
            parameters: SliceTable(parameters), statistics: SliceTable(statistics), inputs: SliceTable(inputs),
            outputs: outputs.enumerated().map { ("y\($0.offset)", $0.element) })
    }

    // MARK: Sources

    private mutating func parameter(_ shape: Shape) -> Tensor {
        parameters.append(("p\(parameters.count)", shape))
        return .parameter(parameters.last!.name, shape)
    }

    private mutating func statistic(_ shape: Shape) -> Tensor {
        statistics.append(("s\(statistics.count)", shape))
        return .statistic(statistics.last!.name, shape)
    }

    private mutating func input(_ shape: Shape) -> Tensor {
        inputs.append(("x\(inputs.count)", shape))
        return .input(inputs.last!.name, shape)
    }

    private mutating func noise(_ shape: Shape) -> Tensor {
        noiseKey += 1
        switch dice.roll(0...2) {
        case 0: return .normal(shape, key: noiseKey)
        case 1: return .uniform(shape, key: noiseKey)
        default: return .bernoulli(shape, probability: 0.6, key: noiseKey)
        }
    }

    private mutating func any() -> Tensor { dice.pick(pool) }

    private mutating func any(rank: Int) -> Tensor? {
        let fitting = pool.filter { $0.shape.rank == rank }
        return fitting.isEmpty ? nil : dice.pick(fitting)
    }

    // MARK: Growth

    private mutating func grow() {
        let grown: Tensor?
        switch dice.roll(0...17) {
        case 0...2: grown = unary(any())
        case 3...5: grown = binary()
        case 6: grown = reduced(any())
        case 7: grown = reshaped(any())
        case 8: grown = cut(any())
        case 9: grown = widened(any())
        case 10: grown = joined(any())
        case 11: grown = product()
        case 12: grown = convolved()
        case 13: grown = spread()
        case 14: grown = normalised()
        case 15: grown = flattenedAndBack()
        case 16: grown = noisy()
        default: grown = source()
        }
        if let grown, grown.shape.count <= Self.mostElements { pool.append(grown) }
    }

    private mutating func source() -> Tensor {
        let shape = dice.shape(rank: dice.roll(0...4), upTo: 6)
        switch dice.roll(0...3) {
        case 0: return input(shape)
        case 1: return statistic(shape)
        case 2: return .constant(0.75, shape) * parameter(shape)
        default: return parameter(shape)
        }
    }

    private mutating func unary(_ x: Tensor) -> Tensor {
        switch dice.roll(0...11) {
        case 0: return -x
        case 1: return exp(tanh(x))
        case 2: return log(square(x) + 0.5)
        case 3: return sqrt(square(x) + 0.5)
        case 4: return tanh(x)
        case 5: return sigmoid(x)
        case 6: return softplus(x)
        case 7: return relu(x)
        case 8: return leakyReLU(x, slope: 0.1)
        case 9: return 1.5 - x * 0.5
        case 10: return 1 / (square(x) + 0.5) - 0.25
        default: return x.withoutGradient() + 0.5 * x
        }
    }

    /// Two tensors of one shape, or one stretched to the other's, perhaps with an axis or a rank less.
    private mutating func binary() -> Tensor {
        let x = any()
        let partners = pool.filter { Shape.broadcast($0.shape, x.shape) != nil }
        var y = dice.pick(partners)
        if dice.roll(0...2) == 0 {
            y = parameter(x.shape.reduced(along: axes(of: x)))
            if dice.roll(0...1) == 0, let first = y.shape.dimensions.first, first == 1 {
                y = y.reshaped(to: Shape(Array(y.shape.dimensions.dropFirst())))
            }
        }
        switch dice.roll(0...3) {
        case 0: return x + y
        case 1: return x - y
        case 2: return x * tanh(y)
        default: return x / (square(y) + 0.5)
        }
    }

    private mutating func axes(of x: Tensor) -> [Int] {
        x.shape.dimensions.indices.filter { _ in dice.roll(0...1) == 1 }
    }

    private mutating func reduced(_ x: Tensor) -> Tensor {
        let axes = axes(of: x)
        return dice.roll(0...1) == 0
            ? x.mean(axes: axes, keepDimensions: dice.roll(0...1) == 0)
            : x.sum(axes: axes, keepDimensions: dice.roll(0...1) == 0)
    }

    private mutating func reshaped(_ x: Tensor) -> Tensor {
        var (left, dimensions) = (x.shape.count, [Int]())
        for _ in 0..<dice.roll(0...3) {
            let divisors = (1...left).filter { left % $0 == 0 }
            dimensions.append(dice.pick(divisors))
            left /= dimensions.last!
        }
        return x.reshaped(to: Shape(dimensions + [left]))
    }

    private mutating func cut(_ x: Tensor) -> Tensor? {
        guard x.shape.rank > 0 else { return nil }
        let axis = dice.roll(0...x.shape.rank - 1)
        let start = dice.roll(0...x.shape[axis] - 1)
        return x.slice(axis: axis, start..<dice.roll(start + 1...x.shape[axis]))
    }

    private mutating func widened(_ x: Tensor) -> Tensor {
        let start = x.shape.dimensions.map { _ in dice.roll(0...1) }
        let shape = Shape(zip(x.shape.dimensions, start).map { $0 + $1 + dice.roll(0...1) })
        return x.padded(into: shape, at: start)
    }

    private mutating func joined(_ x: Tensor) -> Tensor? {
        guard x.shape.rank > 0 else { return nil }
        let axis = dice.roll(0...x.shape.rank - 1)
        let others = pool.filter {
            $0.shape.rank == x.shape.rank && $0.shape.reduced(along: [axis]) == x.shape.reduced(along: [axis])
        }
        return .concatenate([x, dice.pick(others), dice.pick(others)], axis: axis)
    }

    // MARK: Layers

    private mutating func product() -> Tensor? {
        guard let x = any(rank: 2) else { return nil }
        let (left, right) = (dice.roll(0...1) == 1, dice.roll(0...1) == 1)
        let (inner, columns) = (x.shape[left ? 0 : 1], dice.roll(1...12))
        let fitting = pool.filter { $0.shape.rank == 2 && $0.shape[right ? 1 : 0] == inner }
        let other =
            fitting.isEmpty || dice.roll(0...1) == 0
            ? parameter(right ? [columns, inner] : [inner, columns]) : dice.pick(fitting)
        let y = matrixMultiply(x, other, transposeLeft: left, transposeRight: right)
        return y * (1 / Float(inner).squareRoot())
    }

    private mutating func window() -> Operation.Convolution {
        Operation.Convolution(
            stride: SIMD2(dice.roll(1...3), dice.roll(1...3)), paddingBefore: SIMD2(dice.roll(0...2), dice.roll(0...2)),
            paddingAfter: SIMD2(dice.roll(0...2), dice.roll(0...2)))
    }

    /// A trained weight, or one that the graph computes.
    private mutating func weight(_ shape: Shape) -> Tensor {
        let weight = parameter(shape) * (1 / Float(shape.count / shape[0]).squareRoot())
        return dice.roll(0...2) == 0 ? tanh(weight) : parameter(shape)
    }

    private mutating func convolved() -> Tensor? {
        guard let x = any(rank: 4) else { return nil }
        let window = window()
        let size = SIMD2(dice.roll(1...4), dice.roll(1...4))
        guard window.output(input: x.shape[2], window: size.x, axis: 0) > 0,
            window.output(input: x.shape[3], window: size.y, axis: 1) > 0
        else { return nil }
        return convolution(x, weight([dice.roll(1...18), x.shape[1], size.x, size.y]), window) * 0.2
    }

    private mutating func spread() -> Tensor? {
        guard let x = any(rank: 4) else { return nil }
        let window = window()
        let size = SIMD2(dice.roll(1...4), dice.roll(1...4))
        let extra = SIMD2(dice.roll(0...window.stride.x - 1), dice.roll(0...window.stride.y - 1))
        let inner = (SIMD2(x.shape[2], x.shape[3]) &- 1) &* window.stride &+ size &+ extra
        let output = inner &- window.paddingBefore &- window.paddingAfter
        guard output.x > 0, output.y > 0 else { return nil }
        let weight = weight([x.shape[1], dice.roll(1...18), size.x, size.y])
        return transposedConvolution(x, weight, window, outputSize: output) * 0.2
    }

    private mutating func normalised() -> Tensor? {
        guard let x = any(rank: dice.pick([2, 4])) else { return nil }
        let channels: Shape = [x.shape[1]]
        let (scale, offset) = (parameter(channels), parameter(channels))
        if dice.roll(0...1) == 0 {
            return batchNormalization(
                x, scale: scale, offset: offset, mean: statistic(channels), variance: statistic(channels), epsilon: 0.1)
        }
        let layer = BatchNormalization(of: x, scale: scale, offset: offset, epsilon: 0.1)
        pool += [layer.mean, layer.variance]
        return layer.result
    }

    /// Images to vectors, through a linear layer, and to images again.
    private mutating func flattenedAndBack() -> Tensor? {
        guard let x = any(rank: 4) else { return nil }
        let flat = x.flattened()
        let units = dice.roll(1...9)
        let code = matrixMultiply(flat, parameter([units, flat.shape[1]]), transposeRight: true) * 0.2
        pool += [flat, code + parameter([units])]
        let back = matrixMultiply(code, parameter([flat.shape[1], units]), transposeRight: true)
        return relu(back + parameter([flat.shape[1]])).reshaped(to: x.shape)
    }

    private mutating func noisy() -> Tensor? {
        let fitting = pool.filter { $0.shape.rank > 0 && $0.shape[0] == batch }
        guard !fitting.isEmpty else { return nil }
        let x = dice.pick(fitting)
        noiseKey += 1
        switch dice.roll(0...3) {
        case 0: return dropout(x, probability: 0.25, key: noiseKey)
        case 1 where x.shape.rank == 4: return dropout2D(x, probability: 0.25, key: noiseKey)
        default: return x + noise(x.shape) * 0.5
        }
    }
}

extension Dice {
    /// One of several things.
    mutating func pick<Thing>(_ things: [Thing]) -> Thing { things[roll(0...things.count - 1)] }
}
