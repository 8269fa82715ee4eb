/// What people call the parts of a dataset.
enum SplitNames {
    /// In the order in which they are written.
    static let all = SplitWord.allCases.map(\.rawValue)

    /// The split that a word names; nil for other words.
    static func split(of word: some StringProtocol) -> String? {
        word.lowercased() == "t10k" ? "test" : SplitWord(word)?.rawValue
    }

    /// The split that one of a name's words names, such as `x_train` and `kmnist-test-imgs`; nil for none.
    static func split(within name: String) -> String? {
        let words = name.split { !$0.isLetter && !$0.isNumber }
        return words.lazy.compactMap { split(of: $0) }.first
    }

    /// The splits that occur, in order, and for each example the number of its own.
    static func number(_ names: [String]) -> (splits: [String], assignment: [UInt8]) {
        let splits = all.filter(Set(names).contains)
        let numbers = Dictionary(uniqueKeysWithValues: splits.enumerated().map { ($1, UInt8($0)) })
        return (splits, names.map { numbers[$0]! })
    }
}
