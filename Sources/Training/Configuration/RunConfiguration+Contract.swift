import Contract
import Tensors

extension RunConfiguration {
    /// The keys that the contract holds elsewhere, or not at all.
    private static let outsideConfiguration = ["shards", "microbatch", "seed", "epochs"]

    /// The part of the configuration that is `Contract.configuration`.
    var contractNode: ConfigurationNode {
        guard case .dictionary(var entries) = node else { preconditionFailure("a configuration is a group of keys") }
        // Absent means float32, as in the contracts that were made before there was a choice.
        if wire == .float32 { entries["wire"] = nil }
        if precision == .float32 { entries["precision"] = nil }
        return .dictionary(entries.filter { !Self.outsideConfiguration.contains($0.key) })
    }

    /// Refuses to go on with another configuration than a run began with; when to stop may differ.
    ///
    /// - Parameter place: What errors call the run.
    /// - Throws: `ContractConflict` with what differs.
    public func requireEqual(to stored: Contract, of place: String) throws(ContractConflict) {
        var wanted = stored
        (wanted.configuration, wanted.shards, wanted.microbatch, wanted.seed) = (contractNode, shards, microbatch, seed)
        try wanted.requireEqual(to: stored, of: place)
    }

    /// The configuration that a run began with.
    ///
    /// - Parameter epochs: When to stop, which a contract leaves open.
    /// - Throws: `ConfigurationProblem` for a contract that this program cannot have made.
    public init(_ contract: Contract, epochs: Int = 1) throws(ConfigurationProblem) {
        guard case .dictionary(var entries) = contract.configuration else {
            throw ConfigurationProblem(path: "configuration", reason: "expected a group of keys")
        }
        entries["shards"] = .integer(contract.shards)
        entries["microbatch"] = .integer(contract.microbatch)
        entries["seed"] = .integer(Int(contract.seed))
        entries["epochs"] = .integer(epochs)
        self = try ConfigurationNode.dictionary(entries).decode(RunConfiguration.self)
        try validate()
    }
}
