/// Labels in the names of UTKFace's pictures: `age_gender_race_date.jpg`.
///
/// Source: Zhang, Song, Qi, "Age progression/regression by conditional adversarial autoencoder", CVPR 2017.
enum FaceNames {
    /// Nil unless nearly all names are of that kind. Where a name lacks a label, as three of UTKFace's do, -1 stands.
    static func targets(of names: [String]) -> (TargetTable, notes: [String])? {
        let rows = names.map(labels)
        let whole = rows.count { $0 != nil }
        guard whole > 0, whole * 20 >= names.count * 19 else { return nil }
        var table = TargetTable()
        table.names = ["age", "gender", "race"]
        table.values = rows.flatMap { $0 ?? [-1, -1, -1] }
        let lacking = names.count - whole
        let notes =
            lacking == 0 ? [] : ["\(counted(lacking, "name")) have no age, gender and race: their labels are -1."]
        return (table, notes)
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
