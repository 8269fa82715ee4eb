import Contract
import Files
import Yams

/// Reads a YAML file as a plain tree; what it means is decided elsewhere.
public enum YAML {
    /// - Throws: `FileError`, or `UsageProblem` with the file, the line and what is wrong.
    public static func read(_ path: String) throws -> ConfigurationNode {
        guard let text = String(validating: try PosixFileSystem().read(path), as: UTF8.self) else {
            throw UsageProblem("\(path) is not text; \(start)")
        }
        do {
            guard let node = try Yams.compose(yaml: text) else { throw UsageProblem("\(path) is empty; \(start)") }
            return try convert(node, file: path)
        } catch let error as YamlError {
            throw UsageProblem("\(path) is not YAML: \(sentence(error))")
        }
    }

    private static let start = "`tributary preset face-64` prints a configuration to start from"

    /// What is wrong and where, in one line; the parser's own text quotes the file over several.
    private static func sentence(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem) (line \(mark.line), column \(mark.column))"
        case .duplicatedKeysInMapping(let keys, let context):
            "`\(keys.joined(separator: "`, `"))` appears twice in the group at line \(context.mark.line)"
        default: error.description.split(separator: "\n").joined(separator: " ")
        }
    }

    /// The tree as YAML text, keys in the order in which people read them.
    public static func text(_ node: ConfigurationNode) throws -> String {
        try Yams.serialize(node: yams(node), width: -1)
    }

    private static func convert(_ node: Node, file: String) throws -> ConfigurationNode {
        switch node {
        case .mapping(let mapping):
            var entries: [String: ConfigurationNode] = [:]
            for (key, value) in mapping {
                guard let name = key.string else { throw UsageProblem("\(file): a key is not a word\(place(key))") }
                guard entries[name] == nil else { throw UsageProblem("\(file): `\(name)` appears twice\(place(key))") }
                entries[name] = try convert(value, file: file)
            }
            return .dictionary(entries)
        case .sequence(let sequence): return .array(try sequence.map { try convert($0, file: file) })
        case .scalar: return scalar(node)
        case .alias: throw UsageProblem("\(file): aliases (*name) are not supported\(place(node))")
        }
    }

    private static func scalar(_ node: Node) -> ConfigurationNode {
        if node.null != nil { return .null }
        if let value = node.int { return .integer(value) }
        if let value = node.float { return .real(value) }
        if let value = node.bool { return .boolean(value) }
        return .string(node.string ?? "")
    }

    private static func place(_ node: Node) -> String {
        node.mark.map { " (line \($0.line), column \($0.column))" } ?? ""
    }

    /// The order in which people read a configuration; other keys follow by name.
    private static let readingOrder = [
        "model", "images", "channels", "height", "width", "binarize", "encoder", "latents", "decoder", "objective",
        "divergence_weight", "optimizer", "learning_rate", "base", "clipping", "parameters", "shards", "microbatch",
        "seed", "epochs", "filters", "units", "window", "stride", "padding", "trim", "bias",
    ]

    private static func comesBefore(_ left: String, _ right: String) -> Bool {
        func rank(_ key: String) -> Int { readingOrder.firstIndex(of: key) ?? readingOrder.count }
        return (rank(left), left) < (rank(right), right)
    }

    private static func yams(_ node: ConfigurationNode) throws -> Node {
        switch node {
        case .null: Node("null")
        case .boolean(let value): try Node(value)
        case .integer(let value): try Node(value)
        case .number(let value): Node("\(value)", Tag(.float))
        case .string(let value): Node(value)
        case .array(let values): Node(try values.map(yams), Tag(.seq), isShort(values) ? .flow : .block)
        case .dictionary(let entries): try mapping(entries)
        }
    }

    private static func mapping(_ entries: [String: ConfigurationNode]) throws -> Node {
        let pairs = try entries.sorted { comesBefore($0.key, $1.key) }.map { (Node($0.key), try yams($0.value)) }
        return Node(pairs, Tag(.map), isShort(Array(entries.values)) ? .flow : .block)
    }

    /// Whether values fit into one line: up to six of them, none with parts.
    private static func isShort(_ values: [ConfigurationNode]) -> Bool {
        values.count <= 6
            && values.allSatisfy { value in
                switch value {
                case .array, .dictionary: false
                default: true
                }
            }
    }
}
