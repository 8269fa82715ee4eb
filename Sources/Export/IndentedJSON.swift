import Contract

extension ConfigurationNode {
    /// The tree as JSON for people: keys sorted, one to a line; lists of numbers and words on one line.
    var indentedJSON: String { lines.joined(separator: "\n") }

    private var lines: [String] {
        switch self {
        case .dictionary(let entries) where !entries.isEmpty:
            let parts = entries.sorted { $0.key < $1.key }.map { key, value in
                value.lines.beginning(with: "\(ConfigurationNode.string(key)): ")
            }
            return Self.block("{", parts, "}")
        case .array(let elements) where elements.contains(where: \.isGroup):
            return Self.block("[", elements.map(\.lines), "]")
        default: return [description]
        }
    }

    private var isGroup: Bool {
        switch self {
        case .dictionary, .array: true
        default: false
        }
    }

    private static func block(_ open: String, _ parts: [[String]], _ close: String) -> [String] {
        let separated = parts.enumerated().flatMap { index, part in
            index + 1 < parts.count ? part.ending(with: ",") : part
        }
        return [open] + separated.map { "  " + $0 } + [close]
    }
}
