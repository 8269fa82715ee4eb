import Tensors

/// All probability at one value: the code of a deterministic autoencoder. It has no density and no prior, so both terms are 0.
public struct Delta: LatentDistribution {
    /// (R, Z)
    public let value: Tensor

    public init(value: Tensor) { self.value = value }

    public var mean: Tensor { value }
    public var mostProbable: Tensor { value }
    public func sample(in scope: inout Scope) -> Tensor { value }
    public func logDensity(of x: Tensor) -> Tensor { .constant(0, [x.shape[0]]) }
    public var divergenceByDimension: Tensor? { .constant(0, value.shape) }
    public func priorLogDensity(of z: Tensor) -> Tensor { .constant(0, [z.shape[0]]) }
    public func repeated(_ count: Int) -> Delta { Delta(value: value.repeatedRows(count)) }
    public func withoutGradient() -> Delta { Delta(value: value.withoutGradient()) }
    public var description: [(name: String, tensor: Tensor)] { [("mean", value)] }
}
