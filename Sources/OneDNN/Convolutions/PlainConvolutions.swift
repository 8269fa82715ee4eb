import Tensors

/// The engine with convolutions and input gradients as oneDNN does them, product by product: what the engine's own kernels are
/// measured against. No run computes with it.
public struct PlainConvolutions: Engine {
    private let engine: OneDNNEngine

    public init(_ engine: OneDNNEngine) { self.engine = engine }

    /// Another one than the engine's, since the bits are others.
    public var numericClass: String { engine.numericClass + ", plain" }

    public func compile(_ graph: Graph) throws -> any Executable {
        try engine.compile(graph, own: engine.instructionSet, usesOwnConvolutions: false)
    }
}
