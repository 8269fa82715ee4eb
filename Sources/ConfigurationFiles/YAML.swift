import Contract
import Files
import Yams

/// YAML files as plain trees; what they mean is decided elsewhere.
public enum YAML {
    /// The most bytes of a file: a hundred times what a configuration has.
    static let byteLimit = 256 << 10

    /// Reads a file within bounds on its bytes, its values and their depth, or the standard input where the path is `-`.
    ///
    /// - Throws: `FileError`, or `UsageProblem` with the file, the line and what is wrong.
    static func read(_ path: String) throws -> YAMLDocument {
        try requireNoDanglingLink(path)
        let bytes = try PosixFileSystem().read(path == "-" ? "/dev/stdin" : path, atMost: byteLimit)
        return try document(bytes, file: name(of: path))
    }

    private static func requireNoDanglingLink(_ path: String) throws(UsageProblem) {
        guard FileStatus(atLink: path)?.kind == .link, FileStatus(path) == nil else { return }
        throw UsageProblem("\(path) is a link, and what it leads to is not there: put the file there, or name another")
    }

    /// What sentences call a path.
    static func name(of path: String) -> String { path == "-" ? "the standard input" : path }

    /// Reads the bytes of a file.
    static func document(_ bytes: [UInt8], file: String) throws(UsageProblem) -> YAMLDocument {
        let content = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw UsageProblem("\(file) is not text in UTF-8; \(start)")
        }
        var tree = YAMLTree(text, file: file)
        guard let node = try tree.node() else { throw UsageProblem("\(file) is empty; \(start)") }
        return YAMLDocument(file: file, node: node, lines: tree.lines)
    }

    /// What some editors put before UTF-8.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static let start = "`tributary preset face-64` prints a configuration to start from"

    /// The tree as YAML text, keys in the order in which people read them.
    public static func text(_ node: ConfigurationNode) throws -> String {
        try Yams.serialize(node: yams(node), width: -1)
    }

    /// The order in which people read a configuration; other keys follow by name.
    private static let readingOrder = [
        "model", "images", "channels", "height", "width", "binarize", "flip", "dequantize", "encoder", "latents",
        "decoder", "objective",
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
        case .string(let value): text(value)
        case .array(let values): Node(try values.map(yams), Tag(.seq), isShort(values) ? .flow : .block)
        case .dictionary(let entries): try mapping(entries)
        }
    }

    /// In quotes where it would be read as something else, as `2019`, `on` and `~` are.
    private static func text(_ value: String) -> Node {
        let plain = Node(value, .implicit, .plain)
        return YAMLTree.isText(plain) ? plain : Node(value, Tag(.str), .singleQuoted)
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
