/// Which group each image is of, for the colours of a plot.
struct ImageGroups {
    /// As many as there are colours, at most.
    let names: [String]
    /// The group of each image; nil for one that nobody knows.
    let groups: [Int?]

    /// Colours that can be told apart.
    private static let most = 10

    /// By an attribute; or by the classes of a file that has some; or all in one.
    init(_ images: AnnotatedImages, rows: [Int], attribute: String?) throws {
        guard let attribute else {
            let known = try? ImageAttributes(images)
            guard let known, known.areClasses else {
                names = ["images"]
                groups = rows.map { _ in 0 }
                return
            }
            let hasRest = known.names.count > Self.most
            names = hasRest ? Array(known.names.prefix(Self.most - 1)) + ["others"] : known.names
            let last = names.count - 1
            groups = rows.map { row in known.truth(of: row).firstIndex(of: true).map { min($0, last) } }
            return
        }
        let known = try ImageAttributes(images)
        let index = try known.indices(of: [attribute])[0]
        names = [known.names[index], "not \(known.names[index])"]
        groups = rows.map { row in known.truth(of: row)[index].map { $0 ? 0 : 1 } }
    }

    /// What is known of each image, group by group.
    func split<Value>(_ values: [Value]) -> [[Value]] {
        names.indices.map { group in zip(values, groups).filter { $0.1 == group }.map(\.0) }
    }
}
