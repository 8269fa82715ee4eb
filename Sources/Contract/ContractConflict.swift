/// A run that is to continue under another contract than it began with.
public struct ContractConflict: Error, Hashable, CustomStringConvertible {
    /// The checkpoint or run that holds the stored contract.
    public let place: String
    public let differences: [ContractDifference]

    public var description: String {
        "\(place) began with another configuration: \(shown.joined(separator: "; "))\(reason). Leave out the options that differ "
            + "(--resume needs no --preset and no --config), or begin a new run in another directory"
    }

    /// Why what seems to be no part of the numbers may not differ, either.
    private var reason: String {
        differences.contains { $0.field.hasPrefix("configuration.early_stopping") }
            ? ". When a run stops early is fixed when it begins, so that it stops after the same step on any cluster, however often it is resumed"
            : ""
    }

    /// The first differences: two presets differ in dozens of parts, and the rest of those tells nobody more.
    private var shown: [String] {
        let most = 3
        let first = differences.prefix(most).map(\.description)
        return differences.count > most ? first + ["and \(differences.count - most) more"] : first
    }
}

extension Contract {
    /// Refuses to go on from a stored contract that differs.
    ///
    /// - Parameter place: What errors call the checkpoint or run that holds the stored contract.
    /// - Throws: `ContractConflict` with every part that differs and both its values.
    public func requireEqual(to stored: Contract, of place: String) throws(ContractConflict) {
        let differences = differences(from: stored)
        guard differences.isEmpty else { throw ContractConflict(place: place, differences: differences) }
    }
}
