import Contract
import Yams

/// A YAML text on its way to a plain tree, counted as it grows.
///
/// Aliases (`*name`) are looked up here and not by the parser, which compares the keys of a group value by value: a text of 271
/// bytes can name 10⁹ values, and what is counted before it is copied costs nothing. So the parser sees another character in place
/// of each `*`, which makes an alias a plain word.
struct YAMLTree {
    /// The most values, those that aliases stand for counted each time.
    static let valueLimit = 10_000
    /// The deepest group within a group.
    static let depthLimit = 64

    /// For `*`: of a kind that no standard gives a meaning.
    private static let star: Unicode.Scalar = "\u{E000}"

    private let text: String
    private let file: String
    /// Lines that a tab indents, by number from 1, each with its last word.
    private let tabbedLines: [Int: String]
    private var count = 0
    /// The lines of keys and of elements of lists by their paths, such as `model.encoder[0]`.
    private(set) var lines: [String: Int] = [:]
    private var anchors: [String: (node: ConfigurationNode, count: Int)] = [:]

    init(_ text: String, file: String) {
        self.text = text
        self.file = file
        tabbedLines = Self.tabbedLines(of: text)
    }

    /// The tree, or nil where the text holds nothing.
    mutating func node() throws(UsageProblem) -> ConfigurationNode? {
        do {
            let parser = try Yams.Parser(yaml: Self.replacing("*", by: Self.star, in: text))
            // Nodes know their anchors only while the parser is there.
            return try withExtendedLifetime(parser) { try parser.singleRoot().map { try convert($0, "", depth: 1) } }
        } catch let error as UsageProblem {
            throw error
        } catch {
            throw UsageProblem(problem(error))
        }
    }

    private mutating func convert(_ node: Node, _ path: String, depth: Int) throws(UsageProblem) -> ConfigurationNode {
        let before = count
        try spend(1)
        guard depth <= Self.depthLimit else {
            throw UsageProblem("\(file) is nested more than \(Self.depthLimit) deep\(place(node.mark))")
        }
        let result: ConfigurationNode =
            switch node {
            case .mapping(let mapping): try group(mapping, path, depth)
            case .sequence(let sequence): try list(sequence, path, depth)
            case .scalar(let scalar): try value(scalar, node)
            case .alias: throw UsageProblem("\(file): an alias stands where none can\(place(node.mark))")
            }
        if let anchor = node.anchor { anchors[anchor.rawValue] = (result, count - before) }
        return result
    }

    private mutating func group(
        _ mapping: Node.Mapping, _ path: String, _ depth: Int
    ) throws(UsageProblem) -> ConfigurationNode {
        var entries: [String: ConfigurationNode] = [:]
        for (key, value) in mapping {
            guard case .scalar(let word) = key, !isAlias(word) else {
                throw UsageProblem("\(file): a key is not a word\(place(key.mark))")
            }
            let name = restored(word.string)
            guard entries[name] == nil else {
                throw UsageProblem("\(file): `\(name)` appears twice\(place(key.mark))")
            }
            let place = ConfigurationPath.key(name, below: path)
            lines[place] = key.mark?.line
            entries[name] = try convert(value, place, depth: depth + 1)
        }
        return .dictionary(entries)
    }

    private mutating func list(
        _ sequence: Node.Sequence, _ path: String, _ depth: Int
    ) throws(UsageProblem) -> ConfigurationNode {
        var elements: [ConfigurationNode] = []
        for (index, node) in sequence.enumerated() {
            let place = ConfigurationPath.element(index, of: path)
            lines[place] = node.mark?.line
            elements.append(try convert(node, place, depth: depth + 1))
        }
        return .array(elements)
    }

    private mutating func value(_ scalar: Node.Scalar, _ node: Node) throws(UsageProblem) -> ConfigurationNode {
        if isAlias(scalar) { return try aliased(scalar) }
        try refuseTab(within: scalar)
        if Self.isText(node) { return .string(restored(scalar.string)) }
        if let value = node.int { return .integer(value) }
        if let value = node.float { return .real(value) }
        if let value = node.bool { return .boolean(value) }
        return .null
    }

    /// Whether a word is neither a number nor a truth value nor nothing. One in quotes is a text in any case.
    static func isText(_ word: Node) -> Bool {
        word.null == nil && word.int == nil && word.float == nil && word.bool == nil
    }

    // MARK: - Aliases

    private func isAlias(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && scalar.string.unicodeScalars.first == Self.star
    }

    private mutating func aliased(_ scalar: Node.Scalar) throws(UsageProblem) -> ConfigurationNode {
        let name = String(scalar.string.unicodeScalars.dropFirst())
        guard let (node, count) = anchors[name] else {
            throw UsageProblem(
                "\(file): `*\(name)` stands for nothing, as no `&\(name)` comes before it\(place(scalar.mark))")
        }
        try spend(count)
        return node
    }

    private mutating func spend(_ values: Int) throws(UsageProblem) {
        guard values <= Self.valueLimit - count else {
            throw UsageProblem(
                "\(file) stands for more than \(Self.valueLimit) values, aliases (*name) written out: "
                    + "no configuration needs so many")
        }
        count += values
    }

    private func restored(_ string: String) -> String {
        Self.replacing(Self.star, by: "*", in: string)
    }

    private static func replacing(_ old: Unicode.Scalar, by new: Unicode.Scalar, in string: String) -> String {
        guard string.unicodeScalars.contains(old) else { return string }
        return String(String.UnicodeScalarView(string.unicodeScalars.map { $0 == old ? new : $0 }))
    }

    // MARK: - What is wrong, and where

    /// What is wrong with a text that the parser does not take.
    private func problem(_ error: any Error) -> String {
        switch error as? YamlError {
        case .composer(_, let problem, let mark, _) where problem.contains("another document"):
            "\(file) has a second document, which begins with `---` in line \(mark.line): keep one of them"
        case .scanner(_, let problem, _, _) where problem.contains("nesting level"),
            .parser(_, let problem, _, _) where problem.contains("nesting level"):
            "\(file) is nested more than \(Self.depthLimit) deep"
        default: "\(file) is not YAML: \(sentence(error))"
        }
    }

    /// In one line; the parser's own text quotes the file over several.
    private func sentence(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            tabbedLines[mark.line] != nil ? tabSentence(mark.line) : problem + place(mark)
        case .duplicatedKeysInMapping(let keys, let context):
            "`\(restored(keys.joined(separator: "`, `")))` appears twice in the group at line \(context.mark.line)"
        case .reader(let problem, let offset, _, _): problem + (offset.map { " (character \($0 + 1))" } ?? "")
        case .memory: "it is nested too deep"
        default: "\(error)".split(separator: "\n").joined(separator: " ")
        }
    }

    /// A line that a tab indents goes on with the word before it, which nobody means.
    private func refuseTab(within scalar: Node.Scalar) throws(UsageProblem) {
        guard scalar.style == .plain, let mark = scalar.mark, let word = tabbedLines[mark.line + 1],
            scalar.string.hasSuffix(word)
        else { return }
        throw UsageProblem("\(file) is not YAML: \(tabSentence(mark.line + 1))")
    }

    private func tabSentence(_ number: Int) -> String {
        "line \(number) is indented by a tab; indent it by spaces"
    }

    private static func tabbedLines(of text: String) -> [Int: String] {
        var lines: [Int: String] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let indentation = line.prefix { $0 == " " || $0 == "\t" }
            guard indentation.contains("\t") else { continue }
            lines[index + 1] = line.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        }
        return lines
    }

    private func place(_ mark: Mark?) -> String {
        mark.map { " (line \($0.line), column \($0.column))" } ?? ""
    }
}
