/// What a training step measured. Nats are summed over dimensions and averaged over the step's examples.
public struct StepMetrics: Hashable, Sendable {
    /// The number of the step, from 0.
    public var step: Int
    /// −E[ln p(x|z)] from one sample of z, in nats.
    public var reconstruction: Double
    /// KL(q(z|x) ‖ p(z)), in nats.
    public var divergence: Double
    /// What else the objective measures.
    public var others: [Metric]
    /// The length of each clipping group's gradient before clipping, in the configuration's order.
    public var gradientNorms: [Double]

    /// reconstruction + divergence, in nats, whatever weights the objective gives them.
    public var negativeELBO: Double { reconstruction + divergence }

    public init(
        step: Int, reconstruction: Double, divergence: Double, others: [Metric] = [], gradientNorms: [Double]
    ) {
        self.step = step
        self.reconstruction = reconstruction
        self.divergence = divergence
        self.others = others
        self.gradientNorms = gradientNorms
    }
}
