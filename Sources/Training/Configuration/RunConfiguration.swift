import Contract
import Tensors
import VAE

/// What a user writes to describe a training: a preset, or a YAML file.
///
/// Everything but `epochs` fixes the bits and goes into the contract.
public struct RunConfiguration: Hashable, Sendable {
    public var model: ModelDescription
    public var objective: Objective
    /// β
    public var divergenceWeight: DivergenceWeightSchedule
    /// τ of relaxed samples; nil for an objective that has none.
    public var temperature: DivergenceWeightSchedule?
    public var optimizer: Adam
    public var learningRate: LearningRateSchedule
    /// A parameter belongs to one group at most; those of none are not clipped.
    public var clipping: [ClippingGroup]
    /// What convolutions and matrix products are computed from.
    public var precision: Precision
    /// How sums are kept and travel.
    public var wire: WireFormat
    /// S
    public var shards: Int
    /// m
    public var microbatch: Int
    public var seed: UInt64
    /// When to stop, unless told otherwise. Schedules have horizons of their own.
    public var epochs: Int

    public init(
        model: ModelDescription, objective: Objective, divergenceWeight: DivergenceWeightSchedule = .constant(1),
        temperature: DivergenceWeightSchedule? = nil, optimizer: Adam = Adam(), learningRate: LearningRateSchedule,
        clipping: [ClippingGroup] = [],
        precision: Precision = .float32, wire: WireFormat = .float32, shards: Int, microbatch: Int, seed: UInt64 = 1,
        epochs: Int
    ) {
        self.model = model
        self.objective = objective
        self.divergenceWeight = divergenceWeight
        self.temperature = temperature
        self.optimizer = optimizer
        self.learningRate = learningRate
        self.clipping = clipping
        self.precision = precision
        self.wire = wire
        self.shards = shards
        self.microbatch = microbatch
        self.seed = seed
        self.epochs = epochs
    }

    /// Refuses numbers that no training can have. Shards and microbatch are checked against the data by `ShardPlan`.
    func validate() throws(ConfigurationProblem) {
        try divergenceWeight.validate("divergence_weight")
        try temperature?.validate("temperature")
        try optimizer.validate()
        try learningRate.validate()
        for (index, group) in clipping.enumerated() {
            try require(
                group.maximumNorm > 0, "clipping[\(index)].maximum_norm", "a norm is above 0, not \(group.maximumNorm)")
        }
        try require(seed <= UInt64(Int.max), "seed", "a seed is below 2^63, not \(seed)")
        try require(
            (1...1_000_000_000).contains(epochs), "epochs", "training takes from 1 to 1000000000 epochs, not \(epochs)")
    }
}

extension RunConfiguration: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case model
        case objective
        case divergenceWeight = "divergence_weight"
        case temperature
        case optimizer
        case learningRate = "learning_rate"
        case clipping
        case precision
        case wire
        case shards
        case microbatch
        case seed
        case epochs
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(ModelDescription.self, forKey: .model)
        objective = try container.decode(Objective.self, forKey: .objective)
        divergenceWeight =
            try container.decodeIfPresent(DivergenceWeightSchedule.self, forKey: .divergenceWeight) ?? .constant(1)
        temperature = try container.decodeIfPresent(DivergenceWeightSchedule.self, forKey: .temperature)
        optimizer = try container.decodeIfPresent(Adam.self, forKey: .optimizer) ?? Adam()
        learningRate = try container.decode(LearningRateSchedule.self, forKey: .learningRate)
        clipping = try container.decodeIfPresent([ClippingGroup].self, forKey: .clipping) ?? []
        precision = try container.decodeIfPresent(Precision.self, forKey: .precision) ?? .float32
        wire = try container.decodeIfPresent(WireFormat.self, forKey: .wire) ?? .float32
        shards = try container.decode(Int.self, forKey: .shards)
        microbatch = try container.decode(Int.self, forKey: .microbatch)
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed) ?? 1
        epochs = try container.decode(Int.self, forKey: .epochs)
    }
}
