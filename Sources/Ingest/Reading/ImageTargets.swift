import Storage

/// What a dataset says about each of its images: K numbers.
public struct ImageTargets: Hashable, Sendable {
    /// The number of columns, K.
    public let columnCount: Int

    /// The columns' names, or none where the file has none.
    public let names: [String]

    /// The datasets that hold them, part by part.
    let datasets: [String]

    /// Reads the targets that go with `count` images; nil where there are none of that many rows.
    init?(of found: ImageNames, count: Int, in root: Group) throws {
        let datasets = try found.targets.map { try root.dataset($0) }
        guard let first = datasets.first, datasets.allSatisfy({ $0.elementType.isNumber || $0.elementType == .bool }),
            datasets.reduce(0, { $0 + $1.rowCount }) == count, !first.shape.isEmpty
        else { return nil }
        columnCount = first.rowElementCount
        guard datasets.allSatisfy({ $0.rowElementCount == first.rowElementCount }) else {
            throw DataError(
                root.fileName, "has targets of several widths in \(found.targets.joined(separator: " and "))")
        }
        self.datasets = found.targets
        let names: [String] = (try? first.attributes(DatasetNames.targetNames)) ?? []
        self.names = names.count == columnCount ? names : []
    }
}

extension ImageDataset {
    /// Reads the targets of all images, image by image: N · K numbers, or none where the file has no targets.
    public func targetValues() throws -> [Double] {
        let root = try File.open(path).root
        return try (targets?.datasets ?? []).flatMap { try root.dataset($0).read(converting: Double.self) }
    }
}
