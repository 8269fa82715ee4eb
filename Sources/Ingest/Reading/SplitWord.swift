/// The splits that everybody has, under the names that people give them.
enum SplitWord: String, CaseIterable {
    case train
    case valid
    case test

    private var words: Set<Substring> {
        switch self {
        case .train: ["train", "training"]
        case .valid: ["val", "valid", "validation", "dev"]
        case .test: ["test", "testing"]
        }
    }

    /// The split that a name stands for as a whole.
    init?(_ name: some StringProtocol) {
        let name = name.lowercased()
        guard let word = Self.allCases.first(where: { $0.words.contains(name[...]) }) else { return nil }
        self = word
    }

    /// The name under which a split of a file is known: `valid` for `val`, and others as they are.
    static func name(_ name: String) -> String { SplitWord(name)?.rawValue ?? name }
}

/// The path of a dataset with the word in it that names a split: `x_train` is `x_*`, `train/data` is `*/data`.
struct SplitPath: Hashable {
    /// The path with a star in the place of the split; the path itself where there is none.
    let pattern: String
    let split: SplitWord?

    init(_ path: String) {
        var start = path.startIndex
        while start < path.endIndex {
            let rest = path[start...]
            let word = rest.prefix { $0 != "/" && $0 != "_" && $0 != "-" && $0 != "." }
            if let split = SplitWord(word) {
                pattern = path[..<start] + "*" + path[word.endIndex...]
                self.split = split
                return
            }
            start = word.endIndex < path.endIndex ? path.index(after: word.endIndex) : path.endIndex
        }
        (pattern, split) = (path, nil)
    }

    /// What is left of the pattern's last name without the split, in small letters: `x` of `x_*`, `data` of `*/data`.
    var stem: String {
        let last = pattern.split(separator: "/").last { $0 != "*" } ?? ""
        let text = last.replacing("*", with: "").drop(while: Self.isJoint)
        return String(text.reversed().drop(while: Self.isJoint).reversed()).lowercased()
    }

    /// The pattern with a question mark in the place of the stem: what images and their labels have in common.
    var frame: String {
        let lower = pattern.lowercased()
        guard !stem.isEmpty, let range = lower.ranges(of: stem).last else { return lower }
        return lower[..<range.lowerBound] + "?" + lower[range.upperBound...]
    }

    private static func isJoint(_ character: Character) -> Bool { "_-.".contains(character) }
}
