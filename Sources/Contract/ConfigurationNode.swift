import Foundation

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
}

extension ConfigurationNode: CustomStringConvertible {
    /// The tree as JSON, keys sorted, without spaces: equal trees give equal text.
    public var description: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): Self.quoted(value)
        case .array(let elements): "[\(elements.map(\.description).joined(separator: ","))]"
        case .dictionary(let entries):
            "{\(entries.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\($0.value)" }.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case ..<" ": "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2) + String(scalar.value, radix: 16)
        default: String(scalar)
        }
    }
}

extension ConfigurationNode: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .real(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([ConfigurationNode].self) {
            self = .array(value)
        } else {
            self = .dictionary(try container.decode([String: ConfigurationNode].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .dictionary(let value): try container.encode(value)
        }
    }

    /// The tree that a value encodes to.
    public init(encoding value: some Encodable) throws {
        self = try JSONDecoder().decode(ConfigurationNode.self, from: JSONEncoder().encode(value))
    }
}
