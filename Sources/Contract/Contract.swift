// Contract: shards, streams, the reduction tree: all that fixes the bits of a run.
//
// `Contract` is the value that every process has; `ShardPlan` says which examples a microbatch has, `ReductionTree` in which order sums are added, and
// `TreeFold` adds them. Nothing here knows who computes what; that is `Coordination`.

/// All that fixes the bits of a run, and nothing else: equal contracts give equal parameters after every step.
///
/// It is made at step 0, stored in every checkpoint and sent to every worker. Workers, threads, the stopping point and how
/// often anything is saved are not in it.
public struct Contract: Hashable, Sendable, Codable {
    /// The version of this structure and of the numerical rules behind it.
    public var formatVersion: Int
    /// Model, objective, optimizer, schedules with their horizons, and clipping.
    public var configuration: ConfigurationNode
    /// N, the number of examples in the training split.
    public var trainingExamples: Int
    /// The number of examples that evaluation runs over.
    public var validationExamples: Int
    /// S
    public var shards: Int
    /// m
    public var microbatch: Int
    /// Below 2⁶³, so that every reader of JSON keeps it.
    public var seed: UInt64
    public var numericClass: NumericClass
    /// What identifies the data: equal fingerprints mean equal pixels in equal order.
    public var dataFingerprint: String
    /// The training examples whose labels are read; absent where none are, or all.
    public var labelledExamples: LabelledExamples?
    /// The SHA-256 of the state before the first step, where somebody's weights were imported for it; absent where the seed gives them.
    public var initialDigest: String?
    /// The SHA-256 of the gradient of the probe, a keyed microbatch through the run's own graph.
    public var probeDigest: String

    enum CodingKeys: String, CodingKey, CaseIterable {
        case formatVersion = "format_version"
        case configuration
        case trainingExamples = "training_examples"
        case validationExamples = "validation_examples"
        case shards
        case microbatch
        case seed
        case numericClass = "numeric_class"
        case dataFingerprint = "data_fingerprint"
        case labelledExamples = "labelled_examples"
        case initialDigest = "initial_digest"
        case probeDigest = "probe_digest"
    }

    /// The version that this program makes and understands.
    public static let currentFormatVersion = 1

    public init(
        configuration: ConfigurationNode, trainingExamples: Int, validationExamples: Int, shards: Int, microbatch: Int,
        seed: UInt64, numericClass: NumericClass, dataFingerprint: String, labelledExamples: LabelledExamples? = nil,
        probeDigest: String
    ) {
        precondition(seed <= UInt64(Int.max), "a seed is below 2^63, not \(seed)")
        formatVersion = Self.currentFormatVersion
        self.configuration = configuration
        self.trainingExamples = trainingExamples
        self.validationExamples = validationExamples
        self.shards = shards
        self.microbatch = microbatch
        self.seed = seed
        self.numericClass = numericClass
        self.dataFingerprint = dataFingerprint
        self.labelledExamples = labelledExamples
        self.probeDigest = probeDigest
    }

    /// How the training split is cut into shards.
    ///
    /// - Throws: `ShardPlanError` for a contract that nobody can have made here; one from outside is not trusted.
    public func plan() throws(ShardPlanError) -> ShardPlan {
        try ShardPlan(
            examples: trainingExamples, shards: shards, microbatch: microbatch, labelled: labelledExamples)
    }

    /// How the validation split is evaluated.
    public var evaluation: EvaluationPlan {
        EvaluationPlan(examples: validationExamples, shards: shards, microbatch: microbatch)
    }

    /// The tree that sums are taken in.
    public var tree: ReductionTree { ReductionTree(leaves: shards) }
}

extension Contract {
    /// The contract as JSON with sorted keys: equal contracts give equal text.
    public var canonicalJSON: String {
        node.description
    }

    /// The contract as a tree.
    var node: ConfigurationNode {
        do {
            return try ConfigurationNode(encoding: self)
        } catch {
            preconditionFailure("a contract holds a value that JSON cannot: \(error)")
        }
    }

    /// Reads what `canonicalJSON` wrote.
    ///
    /// - Throws: `ContractError` for other text, another version, or shards that fit no plan.
    public init(json: String) throws(ContractError) {
        guard let contract = try? ConfigurationNode(json: json)?.decode(Contract.self) else { throw .unreadable }
        guard contract.formatVersion == Self.currentFormatVersion else { throw .otherVersion(contract.formatVersion) }
        do { _ = try contract.plan() } catch { throw .impossible(error) }
        guard (0...Int(UInt32.max)).contains(contract.validationExamples) else {
            throw .validationExamplesOutOfRange(contract.validationExamples)
        }
        self = contract
    }
}
