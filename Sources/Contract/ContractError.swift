/// Why a text is no contract that this program can keep.
public enum ContractError: Error, Hashable, CustomStringConvertible {
    case unreadable
    case otherVersion(Int)
    case impossible(ShardPlanError)
    case validationExamplesOutOfRange(Int)

    public var description: String {
        switch self {
        case .unreadable: "the contract is not the JSON that this program writes"
        case .otherVersion(let version):
            "the contract has format version \(version), and this program keeps version "
                + "\(Contract.currentFormatVersion): use the program that began the run"
        case .impossible(let error): "the contract cannot be kept: \(error)"
        case .validationExamplesOutOfRange(let examples):
            "the contract cannot be kept: the held-out split has \(examples) examples, and 0 to \(UInt32.max) can be numbered"
        }
    }
}
