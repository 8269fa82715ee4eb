import Contract
import Settings
import Tensors
import VAE

/// What a user writes to describe a training: a preset, or a YAML file.
///
/// Everything but `epochs` fixes the bits and goes into the contract.
public struct RunConfiguration: Hashable, Sendable {
    public var model: ModelDescription
    public var objective: Objective
    /// β
    public var divergenceWeight: ScalarSchedule
    /// τ of relaxed samples; nil for an objective that has none.
    public var temperature: ScalarSchedule?
    /// C, in nats, of an objective that holds the divergence to it; nil for any other.
    public var capacity: ScalarSchedule?
    public var optimizer: OptimizerSettings
    public var learningRate: LearningRateSchedule
    /// A parameter belongs to one group at most; those of none are not clipped.
    public var clipping: [ClippingGroup]
    /// What is judged and used in place of the last weights; nil where no average is kept.
    public var weightAverage: WeightAveraging?
    /// When to stop before all steps are done.
    public var earlyStopping: EarlyStopping?
    /// How evaluations estimate −ln p(x); nil where they do not.
    public var evidence: EvidenceSettings?
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
    /// How the file of images is read; nil where it says everything itself.
    public var data: DataDescription?
    /// Which training images keep their labels; nil where all do, or the objective reads none.
    public var labels: LabelSelection?

    public init(
        model: ModelDescription, objective: Objective, divergenceWeight: ScalarSchedule = .constant(1),
        temperature: ScalarSchedule? = nil, capacity: ScalarSchedule? = nil,
        optimizer: OptimizerSettings = .adam(Adam()), learningRate: LearningRateSchedule,
        clipping: [ClippingGroup] = [], weightAverage: WeightAveraging? = nil, earlyStopping: EarlyStopping? = nil,
        evidence: EvidenceSettings? = nil,
        precision: Precision = .float32, wire: WireFormat = .float32, shards: Int, microbatch: Int, seed: UInt64 = 1,
        epochs: Int, data: DataDescription? = nil, labels: LabelSelection? = nil
    ) {
        self.model = model
        self.objective = objective
        self.divergenceWeight = divergenceWeight
        self.temperature = temperature
        self.capacity = capacity
        self.optimizer = optimizer
        self.learningRate = learningRate
        self.clipping = clipping
        self.weightAverage = weightAverage
        self.earlyStopping = earlyStopping
        self.evidence = evidence
        self.precision = precision
        self.wire = wire
        self.shards = shards
        self.microbatch = microbatch
        self.seed = seed
        self.epochs = epochs
        self.data = data
        self.labels = labels
    }

    /// Refuses numbers that no training can have. Shards and microbatch are checked against the data by `ShardPlan`.
    func validate() throws(ConfigurationProblem) {
        try divergenceWeight.validate("divergence_weight")
        try temperature?.validate("temperature")
        try capacity?.validate("capacity")
        if let least = temperature?.least {
            try require(
                least > 0, "temperature", "a temperature is above 0 in every step, and this one comes to \(least)")
        }
        try labels?.validate()
        try optimizer.validate()
        try learningRate.validate()
        for (index, group) in clipping.enumerated() {
            try require(
                group.maximumNorm > 0, "clipping[\(index)].maximum_norm", "a norm is above 0, not \(group.maximumNorm)")
        }
        try weightAverage?.validate()
        try earlyStopping?.validate()
        try evidence?.validate()
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
        case capacity
        case optimizer
        case learningRate = "learning_rate"
        case clipping
        case weightAverage = "weight_average"
        case earlyStopping = "early_stopping"
        case evidence = "nll"
        case precision
        case wire
        case shards
        case microbatch
        case seed
        case epochs
        case data
        case labels
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(ModelDescription.self, forKey: .model)
        objective = try container.decode(Objective.self, forKey: .objective)
        divergenceWeight =
            try container.decodeIfPresent(ScalarSchedule.self, forKey: .divergenceWeight) ?? .constant(1)
        temperature = try container.decodeIfPresent(ScalarSchedule.self, forKey: .temperature)
        capacity = try container.decodeIfPresent(ScalarSchedule.self, forKey: .capacity)
        optimizer = try container.decodeIfPresent(OptimizerSettings.self, forKey: .optimizer) ?? .adam(Adam())
        learningRate = try container.decode(LearningRateSchedule.self, forKey: .learningRate)
        clipping = try container.decodeIfPresent([ClippingGroup].self, forKey: .clipping) ?? []
        weightAverage = try container.decodeIfPresent(WeightAveraging.self, forKey: .weightAverage)
        earlyStopping = try container.decodeIfPresent(EarlyStopping.self, forKey: .earlyStopping)
        evidence = try container.decodeIfPresent(EvidenceSettings.self, forKey: .evidence)
        precision = try container.decodeIfPresent(Precision.self, forKey: .precision) ?? .float32
        wire = try container.decodeIfPresent(WireFormat.self, forKey: .wire) ?? .float32
        shards = try container.decode(Int.self, forKey: .shards)
        microbatch = try container.decode(Int.self, forKey: .microbatch)
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed) ?? 1
        epochs = try container.decode(Int.self, forKey: .epochs)
        data = try container.decodeIfPresent(DataDescription.self, forKey: .data)
        labels = try container.decodeIfPresent(LabelSelection.self, forKey: .labels)
    }
}

extension RunConfiguration {
    /// All keys of a configuration file.
    public static var settings: SettingGroup { SettingGroup(CodingKeys.self) }
}

extension RunConfiguration.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .model: Setting("The networks.", .model)
        case .objective: Setting("What training makes small.", .objective)
        case .divergenceWeight:
            Setting(
                "The weight of the divergence of the posterior from the prior, or how it changes.",
                ScalarSchedule.kind, default: "1",
                otherNames: [
                    "beta", "kld_weight", "kl_weight", "kl_beta", "kl_coeff", "kld_coeff", "beta_vae", "kl_lambda",
                    "kl_annealing",
                ])
        case .temperature:
            Setting(
                "How sharp relaxed samples are, or how that changes; for `estimator: relaxed` alone.",
                ScalarSchedule.kind, default: "none", otherNames: ["tau", "temp", "gumbel_temperature"])
        case .capacity:
            Setting(
                "The nats that the divergence is held to, or how they grow; for `divergence: capacity` alone.",
                ScalarSchedule.kind, unit: "nats", default: "none", otherNames: ["c_max", "capacity_max"])
        case .optimizer:
            Setting(
                "How parameters follow gradients.",
                .choice(SettingChoice(of: "optimizer", OptimizerSettings.Names.self, takesWords: true)),
                default: "adam with its defaults")
        case .learningRate:
            Setting(
                "How large steps are, or how that changes.", LearningRateSchedule.kind,
                otherNames: ["lr", "learn_rate", "step_size", "base_lr", "eta", "initial_lr"])
        case .clipping:
            Setting(
                "Groups of parameters whose gradient is shortened where it is longer than a limit.",
                .list(.group(ClippingGroup.CodingKeys.self)), default: "none",
                otherNames: [
                    "gradient_clip_val", "grad_clip", "clip_grad", "max_grad_norm", "clip_grad_norm", "gradient_clip",
                ])
        case .weightAverage:
            Setting(
                "A moving average of the weights, with which a model is evaluated and used.",
                .group(WeightAveraging.CodingKeys.self), default: "none",
                otherNames: ["ema", "averaging", "swa", "polyak", "model_ema"])
        case .earlyStopping:
            Setting(
                "When to stop since held-out images get no better.", .group(EarlyStopping.CodingKeys.self),
                default: "none", otherNames: ["early_stop", "earlystopping"])
        case .evidence:
            Setting(
                "How evaluations estimate -ln p(x) of held-out images, from many samples of each.",
                .group(EvidenceSettings.CodingKeys.self), default: "none",
                otherNames: ["log_likelihood", "marginal_likelihood"])
        case .precision:
            Setting(
                "The numbers that convolutions and matrix products are computed from.",
                .word(Precision.allCases.map(\.rawValue)),
                default: "float32", otherNames: ["dtype", "amp", "fp16", "mixed_precision"])
        case .wire:
            Setting("The numbers that workers send.", .word(WireFormat.allCases.map(\.rawValue)), default: "float32")
        case .shards:
            Setting(
                "Parts of the training images, each of which gives one microbatch to every step.",
                .powerOfTwo(upTo: 1 << 16))
        case .microbatch:
            Setting(
                "Images of each shard in a step: a step takes shards times microbatch images.",
                .wholeNumber(1...1 << 20),
                unit: "images", otherNames: ["micro_batch", "microbatch_size", "micro_batch_size", "batch_per_gpu"])
        case .seed:
            Setting(
                "The seed of all random numbers.", .wholeNumber(0...Int.max), default: "1",
                otherNames: ["manual_seed", "random_seed", "rng_seed", "random_state"])
        case .data:
            Setting(
                "How the file of images is read, where it does not say it itself.",
                .group(DataDescription.CodingKeys.self),
                default: "as the file says", otherNames: ["dataset", "data_args"])
        case .labels:
            Setting(
                "Which training images keep their labels, for an objective that reads labels.",
                .group(LabelSelection.CodingKeys.self), default: "all")
        case .epochs:
            Setting(
                "How often training passes through its images, unless --epochs or --steps says otherwise.",
                .wholeNumber(1...1_000_000_000), unit: "epochs",
                otherNames: ["num_epochs", "max_epochs", "n_epochs", "nb_epochs", "training_epochs", "niter"])
        }
    }
}
