import Contract
import Settings
import Training
import VAE

/// The reference of all keys of a configuration file, written from the types that read them: `docs/configuration.md`.
public enum ConfigurationReference {
    /// Markdown that reads well as it is.
    public static var text: String {
        get throws {
            var sections = [(title: "Keys", rows: [Row]())]
            sections[0].rows = rows(of: RunConfiguration.settings, below: "", &sections)
            let tables = sections.map { "## \($0.title)\n\n\(table($0.rows))" }
            return try ([introduction + "\n", example] + tables + [words]).joined(separator: "\n")
        }
    }

    private static let introduction = """
        # Configuration files

        A configuration file is YAML, for `--config`. `tributary preset NAME` prints one to start from, and `tributary help configuration`
        prints this page, which is written from the types that read the file. A key that is unknown, missing or out of its range is refused with its
        file and line, all of them at once. A dot stands for a group within a group, and `[]` for each element of a list.

        """

    private static var example: String {
        get throws {
            let images = ImageSet(ImageDescription(channels: 1, height: 28, width: 28))
            let text = try YAML.text(RunConfiguration(.digits, for: images).node)
            return "## An example\n\n"
                + text.split(separator: "\n").map { "    \($0)\n" }.joined()
        }
    }

    // MARK: - Tables

    private struct Row {
        let key: String
        let setting: Setting
        /// Whether it is written instead of its neighbours.
        let isAlternative: Bool

        var fallback: String {
            switch setting.presence {
            case _ where isAlternative: "one of these"
            case .required: "required"
            case .optional(let text): text
            }
        }
    }

    /// A choice that lists are made of gets a section of its own, since several lists may be made of it.
    private static func rows(
        of group: SettingGroup, below path: String, _ sections: inout [(title: String, rows: [Row])],
        areAlternatives: Bool = false
    ) -> [Row] {
        group.entries.flatMap { name, setting in
            let place = ConfigurationPath.key(name, below: path)
            return [Row(key: place, setting: setting, isAlternative: areAlternatives)]
                + rows(within: setting.kind, below: place, &sections)
        }
    }

    private static func rows(
        within kind: SettingKind, below path: String, _ sections: inout [(title: String, rows: [Row])]
    ) -> [Row] {
        switch kind {
        case .group(let group): return rows(of: group, below: path, &sections)
        case .choice(let choice): return rows(of: choice.group, below: path, &sections, areAlternatives: true)
        case .either(_, let long): return rows(within: long, below: path, &sections)
        case .list(.choice(let choice), _):
            let title = "Each \(choice.name)"
            guard !sections.contains(where: { $0.title == title }) else { return [] }
            sections.append((title, []))
            let place = sections.endIndex - 1
            sections[place].rows = rows(of: choice.group, below: "", &sections, areAlternatives: true)
            return []
        case .list(let kind, _): return rows(within: kind, below: path + "[]", &sections)
        case .boolean, .wholeNumber, .powerOfTwo, .number, .word, .text, .nothing: return []
        }
    }

    private static func table(_ rows: [Row]) -> String {
        let header = ["key", "type", "unit", "default", "allowed", "meaning"]
        let cells = rows.map { row in
            let setting = row.setting
            return [
                "`\(row.key)`", setting.kind.type, setting.unit, row.fallback, setting.kind.allowed,
                setting.meaning,
            ]
        }
        return aligned([header] + cells)
    }

    /// Columns of one width each, so that the page can be read as it is; the last column is as wide as it comes.
    private static func aligned(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                column == cells.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return "| \(padded.joined(separator: " | ")) |\n"
        }
        let rule = "|" + widths.dropLast().map { String(repeating: "-", count: $0 + 2) + "|" }.joined() + "---|\n"
        return line(rows[0]) + rule + rows.dropFirst().map(line).joined()
    }

    // MARK: - Other tools

    private static var words: String {
        var entries: [String: String] = [:]
        for (word, place) in Vocabulary(RunConfiguration.settings).otherNames where entries[word] == nil {
            entries[word] = "`\(place)`"
        }
        for foreign in ForeignWord.all {
            for word in foreign.words { entries[word] = foreign.remedy(.null) }
        }
        for name in RunConfiguration.settings.names { entries[name] = nil }
        let rows = entries.sorted { $0.key < $1.key }.map { ["`\($0.key)`", $0.value] }
        return "## Words of other tools\n\nThese are no keys here. Whoever writes one is told this.\n\n"
            + aligned([["elsewhere", "here"]] + rows)
    }
}

extension Vocabulary {
    /// Words of other tools for keys outside lists, with the paths of the keys.
    var otherNames: [(word: String, path: String)] {
        keys.flatMap { key in key.setting.otherNames.map { ($0, key.path) } }
    }
}

extension SettingKind {
    /// What kind of value it is, in a few words.
    fileprivate var type: String {
        switch self {
        case .boolean: "true or false"
        case .wholeNumber, .powerOfTwo: "whole number"
        case .number: "number"
        case .word: "word"
        case .text: "text"
        case .list(let kind, _): "list of \(kind.plural)"
        case .group: "group"
        case .choice(let choice): "one \(choice.name)"
        case .either(let short, let long): "\(short.type), or \(long.type)"
        case .nothing: "bare word"
        }
    }

    private var plural: String {
        switch self {
        case .wholeNumber: "whole numbers"
        case .choice(let choice): "\(choice.name)s"
        default: "\(type)s"
        }
    }
}
