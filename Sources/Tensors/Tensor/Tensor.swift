import Synchronization

/// A value in a computation that is described now and run later: a node of the symbolic graph.
///
/// Tensors are built with ordinary operators and functions, e.g.
/// `0.5 * (exp(logVariance) + square(mean) - 1 - logVariance).sum(axes: [1])`. Building one computes nothing; a `Graph` collects
/// the tensors that lead to some outputs, and an `Engine` compiles and runs it.
///
/// Shapes that do not fit are programming errors and stop the program with a sentence that names both; code that builds
/// networks from a user's description checks first with `ShapeInference`.
public struct Tensor: Sendable {
    let node: Node

    public var shape: Shape { node.shape }

    /// Applies an operation, whose result has the given shape.
    public init(_ operation: Operation, _ inputs: [Tensor] = [], shape: Shape) {
        do throws(ShapeError) {
            try ShapeInference.check(operation, inputs.map(\.shape), result: shape)
        } catch {
            preconditionFailure(error.description)
        }
        node = Node(operation, inputs, shape)
    }

    init(_ node: Node) { self.node = node }

    /// Whether both are the same node, not whether their values are equal.
    public func isIdentical(to other: Tensor) -> Bool { node === other.node }
}

/// A node of the graph under construction. It never changes, and its operands were made before it.
final class Node: Sendable {
    let operation: Operation
    let inputs: [Tensor]
    let shape: Shape
    /// Nodes are numbered as they are made, so ascending numbers are a topological order, and the one in which the program
    /// was written: a layer's gradient is computed as soon as it can be.
    let serial: UInt64

    private static let counter = Atomic<UInt64>(0)

    init(_ operation: Operation, _ inputs: [Tensor], _ shape: Shape) {
        self.operation = operation
        self.inputs = inputs
        self.shape = shape
        serial = Self.counter.add(1, ordering: .relaxed).newValue
    }
}
