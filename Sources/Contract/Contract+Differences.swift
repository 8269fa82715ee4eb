/// A part of the contract in which two differ.
public struct ContractDifference: Hashable, Sendable, CustomStringConvertible {
    /// The path of the part, such as `configuration.optimizer.learningRate`.
    public let field: String
    /// What is asked for now, as JSON, or nil where the part is absent.
    public let requested: String?
    /// What the run began with.
    public let stored: String?

    public var description: String {
        "\(field) is \(requested ?? "absent") here and \(stored ?? "absent") in the run"
    }
}

extension Contract {
    /// Where this contract differs from the one that a run began with, sorted by field; empty means equal.
    ///
    /// Nobody asks for imported weights again: a contract that says nothing of them is taken to mean the run's.
    public func differences(from stored: Contract) -> [ContractDifference] {
        var meant = self
        meant.initialDigest = initialDigest ?? stored.initialDigest
        let requested = meant.parts
        let stored = stored.parts
        return Set(requested.keys).union(stored.keys).sorted().compactMap { field in
            requested[field] == stored[field]
                ? nil : ContractDifference(field: field, requested: requested[field], stored: stored[field])
        }
    }

    private var parts: [String: String] {
        Dictionary(uniqueKeysWithValues: node.leaves.map { ($0.path, $0.value.description) })
    }
}
