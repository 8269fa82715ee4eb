/// Labels in the names of UTKFace's pictures: `age_gender_race_date.jpg`.
///
/// Source: Zhang, Song, Qi, "Age progression/regression by conditional adversarial autoencoder", CVPR 2017.
enum FaceNames {
    /// Nil where no name is of that kind. Where most are, -1 stands for what the others lack, as three of UTKFace's do; where few are, they are no
    /// labels, which is said.
    static func targets(of names: [String]) -> (TargetTable, notes: [String])? {
        let rows = names.map(labels)
        let whole = rows.count { $0 != nil }
        guard whole > 0 else { return nil }
        guard whole * 2 > names.count else {
            return (
                TargetTable(),
                [
                    "\(whole) of \(counted(names.count, "name")) tell age, gender and race as UTKFace's do: too few to be labels."
                ]
            )
        }
        let table = TargetTable(names: ["age", "gender", "race"], values: rows.flatMap { $0 ?? [-1, -1, -1] })
        let lacking = zip(names, rows).filter { $1 == nil }.map(\.0)
        guard let first = lacking.first else { return (table, []) }
        let what = lacking.count == 1 ? "1 name (\(first)) has" : "\(lacking.count) names (such as \(first)) have"
        return (table, ["\(what) no age, gender and race: -1 stands for them."])
    }

    private static func labels(_ name: String) -> [Int32]? {
        let words = name.prefix { $0 != "." }.split(separator: "_", omittingEmptySubsequences: false)
        guard words.count == 4, words[3].count >= 8, words[3].allSatisfy(\.isNumber) else { return nil }
        let numbers = words[..<3].compactMap { Int32($0) }
        guard numbers.count == 3, (0...130).contains(numbers[0]), (0...1).contains(numbers[1]),
            (0...4).contains(numbers[2])
        else { return nil }
        return numbers
    }
}
