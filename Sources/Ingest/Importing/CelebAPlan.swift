/// Which images of CelebA go into which split, in which order, with which targets.
struct CelebAPlan {
    /// File names in the order of their rows: training, validation, test, each by name.
    let images: [String]
    let splits: [FuelWriter.Split]
    let targetNames: [String]
    /// 0 or 1 for each image and name.
    let targets: [UInt8]
    /// What was assumed, a sentence each.
    let notes: [String]

    /// Matches images and tables by file name, never by row number: both may be a subset.
    init(_ source: CelebASource) throws {
        let wanted = Set(source.images.names)
        let partition = try source.partition.map { try Self.partition($0, wanted) } ?? Self.officialPartition(wanted)
        let groups = (0..<3).map { number in source.images.names.filter { partition[$0] == number } }
        let ordered = groups.flatMap(\.self)
        images = ordered
        splits = zip(["train", "valid", "test"], groups).filter { !$1.isEmpty }.map { .init($0, count: $1.count) }
        let table = try source.attributes.map { try Self.attributes($0, ordered) }
        targetNames = table?.names ?? []
        targets = table?.values ?? []
        notes = [
            source.partition == nil
                ? "No list_eval_partition was found: the official bounds by file number were used." : nil,
            source.attributes == nil ? "No list_attr_celeba was found: the file has no targets." : nil,
        ].compactMap { $0 }
    }

    private static func partition(_ path: String, _ wanted: Set<String>) throws -> [String: Int] {
        let table = try CelebATable(path, images: wanted)
        try requireAll(wanted, in: table, path)
        return try table.rows.mapValues { row in
            guard let number = row.first, (0...2).contains(number) else {
                throw DataError(path, "has a partition other than 0, 1 and 2")
            }
            return Int(number)
        }
    }

    /// The bounds of the official partition: training to 162770, validation to 182637, test to 202599.
    private static func officialPartition(_ wanted: Set<String>) throws -> [String: Int] {
        let numbered = try wanted.map { name in
            guard let number = Int(name.prefix { $0 != "." }) else {
                throw DataError(name, "has no number, and without list_eval_partition.txt its split is unknown")
            }
            return (name, number <= 162_770 ? 0 : number <= 182_637 ? 1 : 2)
        }
        return Dictionary(uniqueKeysWithValues: numbered)
    }

    private static func attributes(_ path: String, _ images: [String]) throws -> (names: [String], values: [UInt8]) {
        let table = try CelebATable(path, images: Set(images))
        guard !table.names.isEmpty else { throw DataError(path, "has no line with the attributes' names") }
        try requireAll(Set(images), in: table, path)
        // The official files have 1 and -1, some copies 1 and 0.
        return (table.names, images.flatMap { table.rows[$0, default: []].map { $0 > 0 ? 1 : 0 } })
    }

    private static func requireAll(_ images: Set<String>, in table: CelebATable, _ path: String) throws {
        guard let missing = images.filter({ table.rows[$0] == nil }).min() else { return }
        throw DataError(path, "has no row for \(missing); it is cut short, or belongs to other images")
    }
}
