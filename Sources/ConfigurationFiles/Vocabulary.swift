import Contract
import Settings

/// What to say of a key that a group does not know: other tools' words, keys in another group's place, and misspellings.
struct Vocabulary {
    /// All keys outside lists by their paths.
    let keys: [(path: String, name: String, setting: Setting)]

    init(_ root: SettingGroup) { keys = Self.keys(of: root, below: "") }

    private static func keys(
        of group: SettingGroup, below path: String
    ) -> [(path: String, name: String, setting: Setting)] {
        group.entries.flatMap { name, setting in
            let place = ConfigurationPath.key(name, below: path)
            return [(place, name, setting)] + keys(within: setting.kind, below: place)
        }
    }

    private static func keys(
        within kind: SettingKind, below path: String
    ) -> [(path: String, name: String, setting: Setting)] {
        switch kind {
        case .group(let group): keys(of: group, below: path)
        case .choice(let choice): keys(of: choice.group, below: path)
        case .either(_, let long): keys(within: long, below: path)
        default: []
        }
    }

    /// What to say of an unknown key, and which keys of the group it was meant for.
    struct Advice {
        let remedy: String
        let meant: [String]
    }

    func advice(on key: String, _ value: ConfigurationNode, in group: SettingGroup) -> Advice {
        if let advice = translation(of: key, value, in: group) ?? otherPlace(of: key) { return advice }
        if let near = nearest(to: key, in: group.names) {
            return Advice(remedy: "did you mean \(near)?", meant: [near])
        }
        return Advice(remedy: "known are \(group.names.sorted().joined(separator: ", "))", meant: [])
    }

    /// For words of other tools.
    func translation(of key: String, _ value: ConfigurationNode, in group: SettingGroup) -> Advice? {
        let word = Self.plain(key)
        if let same = group.names.first(where: { $0.lowercased() == word }) {
            return Advice(remedy: "it is written \(same)", meant: [same])
        }
        if let other = group.entries.first(where: { $0.setting.otherNames.contains(word) })?.name {
            return Advice(remedy: "it is called \(other) here", meant: [other])
        }
        if let foreign = ForeignWord.all.first(where: { $0.words.contains(word) }) {
            return Advice(remedy: foreign.remedy(value), meant: foreign.meant)
        }
        if let other = keys.first(where: { $0.setting.otherNames.contains(word) }) {
            return Advice(remedy: "it is called \(other.path) here", meant: [])
        }
        return nil
    }

    /// For keys of another group.
    private func otherPlace(of key: String) -> Advice? {
        guard let moved = keys.first(where: { $0.name == Self.plain(key) }),
            let place = ConfigurationPath.parent(of: moved.path)
        else { return nil }
        return Advice(remedy: place.isEmpty ? "it belongs outside all groups" : "it belongs below \(place)", meant: [])
    }

    private static func plain(_ key: String) -> String {
        key.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
    }
}
