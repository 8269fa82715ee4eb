/// A configuration as a plain tree, before anything is known about its meaning: what YAML and JSON have in common.
///
/// A whole number is always `.integer`, so that `1`, `1.0` and `1e0` are one value.
public indirect enum ConfigurationNode: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([ConfigurationNode])
    case dictionary([String: ConfigurationNode])

    /// A number, as an integer where it is one.
    public static func real(_ value: Double) -> ConfigurationNode {
        Int(exactly: value).map(ConfigurationNode.integer) ?? .number(value)
    }

    /// The value under a key of a dictionary, or nil.
    public subscript(key: String) -> ConfigurationNode? {
        if case .dictionary(let entries) = self { entries[key] } else { nil }
    }

    /// Every scalar with the path that leads to it, such as `model.encoder[0].width`; empty collections count as scalars.
    public var leaves: [(path: String, value: ConfigurationNode)] { leaves(below: "") }

    private func leaves(below path: String) -> [(path: String, value: ConfigurationNode)] {
        switch self {
        case .dictionary(let entries) where !entries.isEmpty:
            entries.sorted { $0.key < $1.key }.flatMap { key, value in
                value.leaves(below: path.isEmpty ? key : "\(path).\(key)")
            }
        case .array(let elements) where !elements.isEmpty:
            elements.enumerated().flatMap { index, value in value.leaves(below: "\(path)[\(index)]") }
        default: [(path, self)]
        }
    }

    /// What kind of value this is, for messages.
    public var kind: String {
        switch self {
        case .null: "nothing"
        case .boolean, .integer, .number, .string: description
        case .array: "a list"
        case .dictionary: "a group of keys"
        }
    }
}
