/// Which images of CelebA go into which split, with which targets.
struct CelebAPlan {
    let splits: [String]
    /// For each image the number of its split.
    let assignment: [UInt8]
    let targetNames: [String]
    /// 0 or 1 for each image and name.
    let targets: [Int32]
    /// What was assumed, a sentence each.
    let notes: [String]

    /// Matches images and lists by file name, never by row number: both may be a subset.
    init(_ images: [String], _ lists: CelebALists) throws {
        let partition = try lists.partition.map { try Self.partition($0, images) } ?? Self.officialPartition(images)
        (splits, assignment) = SplitNames.number(partition.map { SplitNames.all[$0] })
        let table = try lists.attributes.map { try Self.attributes($0, images) }
        targetNames = table?.names ?? []
        targets = table?.values ?? []
        notes = [
            lists.partition == nil
                ? "No list_eval_partition was found: the official bounds by file number were used." : nil,
            lists.attributes == nil ? "No list_attr_celeba was found: the file has no targets." : nil,
        ].compactMap { $0 }
    }

    private static func partition(_ list: CelebALists.List, _ images: [String]) throws -> [Int] {
        let table = try CelebATable(list, images: images)
        return try images.map { image in
            guard let number = try table.row(of: image).first, (0...2).contains(number) else {
                throw DataError(list.path, "has a partition other than 0, 1 and 2")
            }
            return Int(number)
        }
    }

    /// The bounds of the official partition: training to 162770, validation to 182637, test to 202599.
    private static func officialPartition(_ images: [String]) throws -> [Int] {
        try images.map { name in
            guard let number = Int(name.prefix { $0 != "." }) else {
                throw DataError(name, "has no number, and without list_eval_partition.txt its split is unknown")
            }
            return number <= 162_770 ? 0 : number <= 182_637 ? 1 : 2
        }
    }

    private static func attributes(
        _ list: CelebALists.List, _ images: [String]
    ) throws -> (names: [String], values: [Int32]) {
        let table = try CelebATable(list, images: images)
        guard !table.names.isEmpty else { throw DataError(list.path, "has no line with the attributes' names") }
        // The official files have 1 and -1, some copies 1 and 0.
        return (table.names, try images.flatMap { try table.row(of: $0).map { $0 > 0 ? 1 : 0 } })
    }
}
