import Contract
import Settings

/// Compares a tree with the settings that it may hold, and notes all that is wrong.
struct SettingsCheck {
    /// What is wrong, each with the path of the place to look at.
    private(set) var problems: [(place: String, problem: ConfigurationProblem)] = []
    private let vocabulary: Vocabulary

    init(_ node: ConfigurationNode, against root: SettingGroup) {
        vocabulary = Vocabulary(root)
        check(node, root, "")
    }

    private mutating func note(_ reason: String, _ path: String, place: String? = nil) {
        problems.append((place ?? path, ConfigurationProblem(path: path, reason: reason)))
    }

    private mutating func expected(_ what: String, _ node: ConfigurationNode, _ path: String) {
        note("expected \(what), got \(node.kind)", path)
    }

    private mutating func check(_ node: ConfigurationNode, _ kind: SettingKind, _ path: String) {
        switch (kind, node) {
        case (.list(let kind, let counts), .array(let elements)): check(elements, kind, counts, path)
        case (.group(let group), _): check(node, group, path)
        case (.choice(let choice), _): check(node, choice, path)
        case (.either(_, let long), .dictionary), (.either(_, let long), .array): check(node, long, path)
        case (.either(_, .word(let words)), .string): check(node, .word(words), path)
        case (.either(_, .choice(let choice)), .string(let word)) where choice.group[word] != nil:
            check(word, choice, path)
        case (.either(let short, _), _): check(node, short, path)
        case (.nothing, _):
            let name = path.split(separator: ".").last ?? ""
            note("`\(name)` takes no settings: write the bare word", path)
        default: if !kind.allows(node) { expected(kind.expectation, node, path) }
        }
    }

    private mutating func check(
        _ elements: [ConfigurationNode], _ kind: SettingKind, _ counts: ClosedRange<Int>, _ path: String
    ) {
        guard counts.contains(elements.count) else {
            return note("expected \(SettingKind.list(kind, counts: counts).expectation), got \(elements.count)", path)
        }
        for (index, element) in elements.enumerated() {
            check(element, kind, ConfigurationPath.element(index, of: path))
        }
    }

    private mutating func check(_ node: ConfigurationNode, _ group: SettingGroup, _ path: String) {
        guard case .dictionary(let entries) = node else { return expected("a group of keys", node, path) }
        var meant: Set<String> = []
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            if let setting = group[key] {
                check(value, setting.kind, ConfigurationPath.key(key, below: path))
            } else {
                meant.formUnion(refuse(key, value, in: group, path))
            }
        }
        for (name, setting) in group.entries where setting.presence == .required && entries[name] == nil {
            if !meant.contains(name) { note("the key \(name) is missing", path) }
        }
    }

    /// Notes an unknown key, and within it words of other tools, which often stand in groups of their own.
    private mutating func refuse(
        _ key: String, _ value: ConfigurationNode, in group: SettingGroup, _ path: String
    ) -> [String] {
        let place = ConfigurationPath.key(key, below: path)
        let advice = vocabulary.advice(on: key, value, in: group)
        note("the key \(key) is unknown; \(advice.remedy)", path, place: place)
        guard case .dictionary(let entries) = value else { return advice.meant }
        var meant = advice.meant
        for (inner, value) in entries.sorted(by: { $0.key < $1.key }) {
            guard let advice = vocabulary.translation(of: inner, value, in: group) else { continue }
            note(
                "the key \(inner) is unknown; \(advice.remedy)", place,
                place: ConfigurationPath.key(inner, below: place))
            meant += advice.meant
        }
        return meant
    }

    private mutating func check(_ node: ConfigurationNode, _ choice: SettingChoice, _ path: String) {
        switch node {
        case .string(let word) where choice.takesWords || choice.group[word] != nil: check(word, choice, path)
        case .dictionary(let entries):
            guard entries.count == 1, let (name, value) = entries.first else {
                let found = entries.isEmpty ? "none" : entries.keys.sorted().joined(separator: ", ")
                return note("one \(choice.name) is expected here, not \(found)", path)
            }
            let place = ConfigurationPath.key(name, below: path)
            guard let setting = choice.group[name] else {
                let advice = vocabulary.advice(on: name, value, in: choice.group)
                return note("the key \(name) is unknown; \(advice.remedy)", path, place: place)
            }
            check(value, setting.kind, place)
        default: expected("one of \(choice.group.names.joined(separator: ", "))", node, path)
        }
    }

    private mutating func check(_ word: String, _ choice: SettingChoice, _ path: String) {
        guard !choice.words.contains(word) else { return }
        if let setting = choice.group[word] {
            return note("`\(word)` needs settings: write `\(word): \(setting.kind.form)`", path)
        }
        let known = choice.group.names
        if let (name, setting) = choice.group.entries.first(where: { $0.setting.otherNames.contains(word.lowercased()) }
        ) {
            let written = choice.words.contains(name) ? name : "\(name): \(setting.kind.form)"
            return note("unknown \(choice.name) `\(word)`; it is written `\(written)` here", path)
        }
        let near = nearest(to: word, in: known)
        note(
            "unknown \(choice.name) `\(word)`; "
                + (near.map { "did you mean `\($0)`?" } ?? "known are \(known.joined(separator: ", "))"), path)
    }
}
