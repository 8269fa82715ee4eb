import Tensors

/// Variables that take one of C classes each, as one-hot vectors side by side: (R, V · C). The prior makes all classes equally likely.
public struct Categorical: LatentDistribution {
    /// The logarithms of the classes' probabilities but for a constant, (R, V · C).
    public let logits: Tensor
    /// C
    public let classes: Int

    public init(logits: Tensor, classes: Int) {
        precondition(
            logits.shape.rank == 2 && logits.shape[1] % classes == 0, "logits \(logits.shape) for \(classes) classes")
        self.logits = logits
        self.classes = classes
    }

    private var variables: Int { logits.shape[1] / classes }

    /// (R, V, C)
    func byVariable(_ flat: Tensor) -> Tensor { flat.reshaped(to: [flat.shape[0], variables, classes]) }

    /// ln p of each class, (R, V, C).
    private var logProbabilities: Tensor { byVariable(logits).logSoftmax(axis: 2) }

    public var mean: Tensor { exp(logProbabilities).flattened() }

    public var mostProbable: Tensor { byVariable(logits).argmaxOneHot(axis: 2).flattened() }

    /// The class with the greatest logit + Gumbel noise, which has the classes' probabilities. No gradient flows through it.
    ///
    /// Source: Gumbel, "Statistical theory of extreme values", 1954; Maddison, Tarlow, Minka, "A* sampling", NeurIPS 2014.
    public func sample(in scope: inout Scope) -> Tensor {
        byVariable(logits.withoutGradient() + gumbel(in: &scope)).argmaxOneHot(axis: 2).flattened()
    }

    /// Standard Gumbel noise −ln(−ln u), (R, V · C).
    func gumbel(in scope: inout Scope) -> Tensor { -log(-log(scope.noise(.uniform, logits.shape))) }

    /// ln p(z) = Σ z · ln p.
    public func logDensity(of x: Tensor) -> Tensor { (byVariable(x) * logProbabilities).sumOfEachExample() }

    /// KL(q ‖ 1/C) = p · (ln p + ln C) for each class, (R, V, C).
    public var divergenceByDimension: Tensor? {
        let logProbabilities = logProbabilities
        return exp(logProbabilities) * (logProbabilities + logClasses)
    }

    /// ln p(z) = −V ln C, whatever z is.
    public func priorLogDensity(of z: Tensor) -> Tensor {
        (-logClasses * Float(variables)).broadcast(to: [z.shape[0]])
    }

    /// Computed where everything else is: the host's logarithm may differ by machine.
    private var logClasses: Tensor { log(.constant(Float(classes))) }

    public func repeated(_ count: Int) -> Categorical {
        Categorical(logits: logits.repeatedRows(count), classes: classes)
    }

    public func withoutGradient() -> Categorical { Categorical(logits: logits.withoutGradient(), classes: classes) }

    public var description: [(name: String, tensor: Tensor)] { [("mean", mean)] }
}
