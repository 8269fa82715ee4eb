import Contract
import Settings

/// Trees that hold every key and every alternative of some settings.
enum SettingSamples {
    /// One tree with each key, and one more for each other alternative of a choice.
    static func trees(of group: SettingGroup) -> [ConfigurationNode] {
        let samples = group.entries.map { (name: $0.name, values: values(of: $0.setting.kind)) }
        let first = Dictionary(uniqueKeysWithValues: samples.map { ($0.name, $0.values[0]) })
        let others = samples.flatMap { name, values in
            values.dropFirst().map { first.merging([name: $0]) { $1 } }
        }
        return ([first] + others).map(ConfigurationNode.dictionary)
    }

    /// A list of what may be within it again is empty there.
    static func values(of kind: SettingKind, within choices: [String] = []) -> [ConfigurationNode] {
        switch kind {
        case .boolean: [.boolean(true)]
        case .wholeNumber(let range): [.integer(max(1, range.lowerBound))]
        case .powerOfTwo: [.integer(4)]
        case .number(let range): [.number(range.contains(0.25) ? 0.25 : 1)]
        case .word(let words): words.map(ConfigurationNode.string)
        case .text: [.string("encoder/")]
        case .list(.choice(let choice), _) where choices.contains(choice.name): [.array([])]
        case .list(let kind, let counts):
            [
                .array(
                    counts.upperBound == .max
                        ? values(of: kind) : Array(repeating: values(of: kind)[0], count: counts.upperBound))
            ]
        case .group(let group): trees(of: group)
        case .choice(let choice):
            choice.words.map(ConfigurationNode.string)
                + choice.group.entries.flatMap { name, setting in
                    values(of: setting.kind, within: choices + [choice.name]).filter { $0 != .null }.map {
                        .dictionary([name: $0])
                    }
                }
        case .either(let short, let long): values(of: long) + values(of: short)
        case .nothing: [.null]
        }
    }

    /// The names of the keys of each group, by its path without the numbers of elements.
    static func keys(
        of group: SettingGroup, at path: String = "", within choices: [String] = []
    ) -> [String: Set<String>] {
        group.entries.reduce(into: [path: Set(group.names)]) { result, entry in
            let place = path.isEmpty ? entry.name : "\(path).\(entry.name)"
            result.merge(keys(of: entry.setting.kind, at: place, within: choices)) { $0.union($1) }
        }
    }

    private static func keys(
        of kind: SettingKind, at path: String, within choices: [String]
    ) -> [String: Set<String>] {
        switch kind {
        case .group(let group): keys(of: group, at: path, within: choices)
        case .choice(let choice): keys(of: choice.group, at: path, within: choices + [choice.name])
        case .list(.choice(let choice), _) where choices.contains(choice.name): [:]
        case .list(let kind, _): keys(of: kind, at: path + "[]", within: choices)
        case .either(let short, let long):
            keys(of: short, at: path, within: choices).merging(keys(of: long, at: path, within: choices)) {
                $0.union($1)
            }
        default: [:]
        }
    }

    /// The settings that are no groups, outside lists, by their paths.
    static func values(of group: SettingGroup, at path: String = "") -> [(path: String, kind: SettingKind)] {
        group.entries.flatMap { name, setting in
            values(within: setting.kind, at: path.isEmpty ? name : "\(path).\(name)")
        }
    }

    private static func values(within kind: SettingKind, at path: String) -> [(path: String, kind: SettingKind)] {
        switch kind {
        case .group(let group): values(of: group, at: path)
        case .choice(let choice): values(of: choice.group, at: path)
        case .either(let short, let long): [(path, short)] + values(within: long, at: path)
        case .list, .nothing: []
        default: [(path, kind)]
        }
    }

    /// Values that a kind does not allow: the nearest beyond each of its bounds that a `Float` tells from it.
    static func valuesBeyond(_ kind: SettingKind) -> [ConfigurationNode] {
        switch kind {
        case .wholeNumber(let range):
            [range.lowerBound - 1].map(ConfigurationNode.integer)
                + (range.upperBound == .max ? [] : [.integer(range.upperBound + 1)])
        case .powerOfTwo(let most): [.integer(0), .integer(3), .integer(2 * most)]
        case .number(let range):
            [
                range.lower == -.infinity
                    ? nil : range.includesLower ? below(range.lower) : range.lower,
                range.upper == .infinity ? nil : range.includesUpper ? Double(Float(range.upper).nextUp) : range.upper,
            ].compactMap { $0.map(ConfigurationNode.real) }
        case .word: [.string("no such word")]
        default: []
        }
    }

    /// The bounds of a kind, where they belong to it.
    static func valuesAtBounds(_ kind: SettingKind) -> [ConfigurationNode] {
        switch kind {
        case .wholeNumber(let range): [.integer(range.lowerBound), .integer(range.upperBound)]
        case .powerOfTwo(let most): [.integer(1), .integer(most)]
        case .number(let range):
            [range.includesLower ? range.lower : nil, range.includesUpper ? range.upper : nil].compactMap {
                $0.map(ConfigurationNode.real)
            }
        default: []
        }
    }

    /// Numbers next to 0 are flushed to it where contract arithmetic runs.
    private static func below(_ bound: Double) -> Double { bound == 0 ? -1e-30 : Double(Float(bound).nextDown) }
}

extension ConfigurationNode {
    /// The tree with another value at a path of keys; groups on the way are made.
    func replacing(_ path: some Collection<String>, by value: ConfigurationNode)
        -> ConfigurationNode
    {
        guard let key = path.first else { return value }
        var entries: [String: ConfigurationNode] = [:]
        if case .dictionary(let existing) = self { entries = existing }
        entries[key] = (entries[key] ?? .null).replacing(path.dropFirst(), by: value)
        return .dictionary(entries)
    }
}
