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

public prefix func - (operand: Tensor) -> Tensor { operand.unary(.negate) }

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
/// max(x, 0)
public func relu(_ x: Tensor) -> Tensor { leakyReLU(x, slope: 0) }
/// x where x > 0, else slope · x.
public func leakyReLU(_ x: Tensor, slope: Float) -> Tensor { x.unary(.leakyReLU(slope: slope)) }

extension Tensor {
    func unary(_ operation: Operation.Unary) -> Tensor { Tensor(.unary(operation), [self], shape: shape) }

    static func binary(_ operation: Operation.Binary, _ left: Tensor, _ right: Tensor) -> Tensor {
        let shape = left.stretched(with: right)
        return Tensor(.binary(operation), [left.broadcast(to: shape), right.broadcast(to: shape)], shape: shape)
    }

    func stretched(with other: Tensor) -> Shape {
        guard let shape = Shape.broadcast(shape, other.shape) else {
            preconditionFailure("shapes \(self.shape) and \(other.shape) do not stretch to a common one")
        }
        return shape
    }
}
