/// The gradients of a scalar with respect to some tensors, as new parts of the graph.
///
/// Reverse accumulation: nodes are visited from the scalar backwards, each handing its operands the product of its own
/// gradient with its local derivative. A parameter or input is known by its name, whichever tensor names it. A target that the scalar does not depend on gets zeros. Branches that lead to no
/// target are not entered.
public func gradients(of scalar: Tensor, withRespectTo targets: [Tensor]) -> [Tensor] {
    precondition(scalar.shape.count == 1, "only a scalar has a gradient, not a tensor of shape \(scalar.shape)")
    var accumulator = GradientAccumulator(targets)
    accumulator.add(.constant(1, scalar.shape), to: scalar)
    for node in accumulator.pathsToTargets(from: scalar) { accumulator.propagate(through: node) }
    return targets.map { accumulator.gradient(of: $0) ?? .constant(0, $0.shape) }
}

/// What has a gradient: a computed node, or a source, which is the same however often it was written down.
private enum Variable: Hashable {
    case computed(ObjectIdentifier)
    case source(Operation, Shape)

    init(_ node: Node) {
        self = node.inputs.isEmpty ? .source(node.operation, node.shape) : .computed(ObjectIdentifier(node))
    }
}

private struct GradientAccumulator {
    private var gradients: [Variable: Tensor] = [:]
    private let targets: Set<Variable>
    /// Nodes from which a target can be reached.
    private var leading: Set<Variable> = []

    init(_ targets: [Tensor]) {
        self.targets = Set(targets.map { Variable($0.node) })
    }

    func gradient(of tensor: Tensor) -> Tensor? { gradients[Variable(tensor.node)] }

    mutating func add(_ gradient: Tensor, to tensor: Tensor) {
        let key = Variable(tensor.node)
        gradients[key] = gradients[key].map { $0 + gradient } ?? gradient
    }

    /// The nodes between the scalar and the targets, latest first.
    mutating func pathsToTargets(from scalar: Tensor) -> [Node] {
        var found: [ObjectIdentifier: Node] = [:]
        var pending = [scalar.node]
        while let node = pending.popLast() {
            guard found.updateValue(node, forKey: ObjectIdentifier(node)) == nil else { continue }
            if case .stopGradient = node.operation { continue }
            pending += node.inputs.map(\.node)
        }
        let ordered = found.values.sorted { $0.serial < $1.serial }
        for node in ordered where isTarget(node) || leadsOn(node) { leading.insert(Variable(node)) }
        return ordered.reversed().filter { leading.contains(Variable($0)) }
    }

    private func isTarget(_ node: Node) -> Bool { targets.contains(Variable(node)) }

    private func leadsOn(_ node: Node) -> Bool {
        if case .stopGradient = node.operation { return false }
        return node.inputs.contains { leading.contains(Variable($0.node)) }
    }

    mutating func propagate(through node: Node) {
        guard let gradient = gradients[Variable(node)], gradient.constantValue != 0 else { return }
        if case .stopGradient = node.operation { return }
        if node.isSquare { return add(2 * gradient * node.inputs[0], to: node.inputs[0]) }
        for (position, input) in node.inputs.enumerated() where leading.contains(Variable(input.node)) {
            add(Self.contribution(of: node, to: position, gradient), to: input)
        }
    }

    /// What `node`, whose gradient is `gradient`, adds to the gradient of its operand at `position`.
    private static func contribution(of node: Node, to position: Int, _ gradient: Tensor) -> Tensor {
        let inputs = node.inputs
        let operand = inputs[position]
        switch node.operation {
        case .unary(let operation): return gradient * derivative(of: operation, at: operand, result: Tensor(node))
        case .binary(let operation): return binary(operation, inputs, position, gradient)
        case .broadcast:
            let axes = operand.shape.dimensions.indices.filter { operand.shape[$0] != node.shape[$0] }
            return gradient.sum(axes: axes, keepDimensions: true)
        case .reshape: return gradient.reshaped(to: operand.shape)
        case .slice(let start): return gradient.padded(into: operand.shape, at: start)
        case .pad(let start): return gradient.slice(from: start, shape: operand.shape)
        case .concatenate(let axis):
            let start = inputs[..<position].reduce(0) { $0 + $1.shape[axis] }
            return gradient.slice(axis: axis, start..<start + operand.shape[axis])
        case .sum: return gradient.broadcast(to: operand.shape)
        case .matrixMultiply(let left, let right): return product(inputs, left, right, position, gradient)
        case .convolution(let window):
            let operation: Operation =
                position == 0 ? .convolutionInputGradient(window) : .convolutionWeightGradient(window)
            return Tensor(
                operation, position == 0 ? [gradient, inputs[1]] : [inputs[0], gradient], shape: operand.shape)
        case .convolutionInputGradient(let window):
            let operation: Operation = position == 0 ? .convolution(window) : .convolutionWeightGradient(window)
            return Tensor(
                operation, position == 0 ? [gradient, inputs[1]] : [gradient, inputs[0]], shape: operand.shape)
        case .convolutionWeightGradient(let window):
            let operation: Operation = position == 0 ? .convolutionInputGradient(window) : .convolution(window)
            return Tensor(
                operation, position == 0 ? [inputs[1], gradient] : [inputs[0], gradient], shape: operand.shape)
        case .input, .parameter, .statistic, .constant, .noise, .stopGradient:
            preconditionFailure("\(node.operation) has no operand to hand a gradient to")
        }
    }

    private static func derivative(of operation: Operation.Unary, at x: Tensor, result y: Tensor) -> Tensor {
        switch operation {
        case .negate: .constant(-1, x.shape)
        case .exponential: y
        case .logarithm: 1 / x
        case .squareRoot: 0.5 / y
        case .tanh: 1 - square(y)
        case .sigmoid: y * (1 - y)
        case .softplus: sigmoid(x)
        case .leakyReLU(let slope): x.unary(.leakyReLUSlope(slope: slope))
        case .leakyReLUSlope: .constant(0, x.shape)
        case .bfloat16: .constant(1, x.shape)
        }
    }

    private static func binary(
        _ operation: Operation.Binary, _ inputs: [Tensor], _ position: Int, _ gradient: Tensor
    ) -> Tensor {
        switch (operation, position) {
        case (.add, _), (.subtract, 0): gradient
        case (.subtract, _): -gradient
        case (.multiply, _): gradient * inputs[1 - position]
        case (.divide, 0): gradient / inputs[1]
        case (.divide, _): -(gradient * inputs[0] / square(inputs[1]))
        }
    }

    /// y = A·B gives dA = dy·Bᵀ and dB = Aᵀ·dy, each transposed where the operand was.
    private static func product(
        _ inputs: [Tensor], _ left: Bool, _ right: Bool, _ position: Int, _ gradient: Tensor
    ) -> Tensor {
        switch (position, position == 0 ? left : right) {
        case (0, false): matrixMultiply(gradient, inputs[1], transposeRight: !right)
        case (0, true): matrixMultiply(inputs[1], gradient, transposeLeft: right, transposeRight: true)
        case (_, false): matrixMultiply(inputs[0], gradient, transposeLeft: !left)
        case (_, true): matrixMultiply(gradient, inputs[0], transposeLeft: true, transposeRight: left)
        }
    }
}

extension Node {
    /// Whether this is x · x, whose two equal contributions are better made once.
    fileprivate var isSquare: Bool { operation == .binary(.multiply) && inputs[0].isIdentical(to: inputs[1]) }
}
