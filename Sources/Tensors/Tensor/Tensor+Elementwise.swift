// Operands of unlike shapes are stretched as in NumPy. Products with 0 and 1 and sums with 0 vanish while the graph is
// built, because gradients make many of them.

public func + (left: Tensor, right: Tensor) -> Tensor {
    if left.constantValue == 0, right.shape == left.stretched(with: right) { return right }
    if right.constantValue == 0, left.shape == left.stretched(with: right) { return left }
    return Tensor.binary(.add, left, right)
}

public func - (left: Tensor, right: Tensor) -> Tensor {
    if right.constantValue == 0, left.shape == left.stretched(with: right) { return left }
    return Tensor.binary(.subtract, left, right)
}

public func * (left: Tensor, right: Tensor) -> Tensor {
    let shape = left.stretched(with: right)
    if left.constantValue == 0 || right.constantValue == 0 { return .constant(0, shape) }
    if left.constantValue == 1, right.shape == shape { return right }
    if right.constantValue == 1, left.shape == shape { return left }
    return Tensor.binary(.multiply, left, right)
}

public func / (left: Tensor, right: Tensor) -> Tensor { Tensor.binary(.divide, left, right) }

/// −x; twice is x itself.
public prefix func - (operand: Tensor) -> Tensor {
    if case .unary(.negate) = operand.node.operation { return operand.node.inputs[0] }
    return operand.unary(.negate)
}

public func + (left: Tensor, right: Float) -> Tensor { left + .constant(right, left.shape) }
public func + (left: Float, right: Tensor) -> Tensor { .constant(left, right.shape) + right }
public func - (left: Tensor, right: Float) -> Tensor { left - .constant(right, left.shape) }
public func - (left: Float, right: Tensor) -> Tensor { .constant(left, right.shape) - right }
public func * (left: Tensor, right: Float) -> Tensor { left * .constant(right, left.shape) }
public func * (left: Float, right: Tensor) -> Tensor { .constant(left, right.shape) * right }
public func / (left: Tensor, right: Float) -> Tensor { left / .constant(right, left.shape) }
public func / (left: Float, right: Tensor) -> Tensor { .constant(left, right.shape) / right }

/// eˣ
public func exp(_ x: Tensor) -> Tensor { x.unary(.exponential) }
/// The natural logarithm.
public func log(_ x: Tensor) -> Tensor { x.unary(.logarithm) }
/// √x
public func sqrt(_ x: Tensor) -> Tensor { x.unary(.squareRoot) }
/// x²
public func square(_ x: Tensor) -> Tensor { x * x }
public func tanh(_ x: Tensor) -> Tensor { x.unary(.tanh) }
/// 1 / (1 + e⁻ˣ)
public func sigmoid(_ x: Tensor) -> Tensor { x.unary(.sigmoid) }
/// ln(1 + eˣ)
public func softplus(_ x: Tensor) -> Tensor { x.unary(.softplus) }
/// x / (1 + e⁻ˣ)
///
/// Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016, section 2.
public func silu(_ x: Tensor) -> Tensor { x * sigmoid(x) }
/// max(x, 0)
public func relu(_ x: Tensor) -> Tensor { leakyReLU(x, slope: 0) }
/// x where x > 0, else slope · x.
public func leakyReLU(_ x: Tensor, slope: Float) -> Tensor { x.unary(.leakyReLU(slope: slope)) }

extension Tensor {
    /// Applies a function to each element, before a stretching rather than after it.
    func unary(_ operation: Operation.Unary) -> Tensor {
        if case .broadcast = node.operation { return node.inputs[0].unary(operation).broadcast(to: shape) }
        if case .negate = operation, let value = constantValue { return .constant(-value, shape) }
        return Tensor(.unary(operation), [self], shape: shape)
    }

    /// Combines two tensors element by element.
    ///
    /// What both repeat along an axis is combined once and then stretched, so that the small tensors of gradients and
    /// normalisations stay small.
    static func binary(_ operation: Operation.Binary, _ left: Tensor, _ right: Tensor) -> Tensor {
        let shape = left.stretched(with: right)
        if let left = left.constantValue, let right = right.constantValue {
            return .constant(operation.applied(to: left, right), shape)
        }
        let (small, other) = (left.unstretched(rank: shape.rank), right.unstretched(rank: shape.rank))
        let common = small.stretched(with: other)
        if common != shape { return binary(operation, small, other).broadcast(to: shape) }
        if other.shape != shape, let joined = joinedTerms(operation, left, other) { return joined }
        return Tensor(.binary(operation), [left.broadcast(to: shape), right.broadcast(to: shape)], shape: shape)
    }

    /// (x + a) ± b as x + (a ± b) where a and b are stretched to x: a bias and what is taken off after it are one small tensor.
    private static func joinedTerms(_ operation: Operation.Binary, _ left: Tensor, _ term: Tensor) -> Tensor? {
        guard operation == .add || operation == .subtract, case .binary(.add) = left.node.operation,
            case .broadcast = left.node.inputs[1].node.operation
        else { return nil }
        return left.node.inputs[0] + binary(operation, left.node.inputs[1].node.inputs[0], term)
    }

    func stretched(with other: Tensor) -> Shape {
        guard let shape = Shape.broadcast(shape, other.shape) else {
            preconditionFailure("shapes \(self.shape) and \(other.shape) do not stretch to a common one")
        }
        return shape
    }

    /// The smallest tensor that stretches to this one, with `rank` axes.
    private func unstretched(rank: Int) -> Tensor {
        if let value = constantValue { return .constant(value, Shape(Array(repeating: 1, count: rank))) }
        guard case .broadcast = node.operation else { return reshaped(to: shape.padded(to: rank)) }
        return node.inputs[0].reshaped(to: node.inputs[0].shape.padded(to: rank))
    }
}

extension Operation.Binary {
    fileprivate func applied(to left: Float, _ right: Float) -> Float {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        }
    }
}
