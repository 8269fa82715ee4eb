import Contract
import Settings

extension SettingKind {
    /// Whether a value without parts is one of these.
    func allows(_ node: ConfigurationNode) -> Bool {
        switch (self, node) {
        case (.boolean, .boolean), (.text, .string): true
        case (.wholeNumber(let range), .integer(let value)): range.contains(value)
        case (.powerOfTwo(let most), .integer(let value)): value > 0 && value & (value - 1) == 0 && value <= most
        case (.number(let range), .integer(let value)): range.contains(Double(value))
        case (.number(let range), .number(let value)): value.isFinite && range.contains(value)
        case (.word(let words), .string(let word)): words.contains(word)
        default: false
        }
    }

    /// What is expected, in words.
    var expectation: String {
        switch self {
        case .boolean: "true or false"
        case .text: "a text"
        case .wholeNumber: "a whole number, \(allowed)"
        case .powerOfTwo: "a whole number that is a \(allowed)"
        case .number: allowed.isEmpty ? "a number" : "a number, \(allowed)"
        case .word: "one of \(allowed)"
        case .list: allowed.isEmpty ? "a list" : "a list of \(allowed)"
        case .group, .choice: "a group of keys"
        case .either(let short, .word(let words)): "\(short.expectation), or \(words.joined(separator: ", "))"
        case .either(let short, _): short.expectation
        case .nothing: "nothing"
        }
    }

    /// How a value is written, with dots where something is to be filled in.
    var form: String {
        guard case .group(let group) = self else { return "…" }
        let needed = group.entries.filter { $0.setting.presence == .required }.map {
            "\($0.name): \($0.setting.kind.form)"
        }
        return "{\(needed.joined(separator: ", "))}"
    }

    /// The values that are allowed, where the kind does not say so.
    var allowed: String {
        switch self {
        case .wholeNumber(let range): Self.text(range)
        case .powerOfTwo(let most): "power of two up to \(most)"
        case .number(let range): range.description
        case .word(let words): words.joined(separator: ", ")
        case .choice(let choice): choice.group.names.joined(separator: ", ")
        case .list(_, let counts): counts == 0...Int.max ? "" : "\(Self.text(counts)) values"
        case .either(let short, .word(let words)):
            ([short.allowed].filter { !$0.isEmpty } + words).joined(separator: ", ")
        case .either(let short, _): short.allowed
        case .boolean, .text, .group, .nothing: ""
        }
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        if range.upperBound == .max { return "\(range.lowerBound) or more" }
        return range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }
}
