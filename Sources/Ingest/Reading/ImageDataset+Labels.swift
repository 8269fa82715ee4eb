extension ImageDataset {
    /// The most classes that are counted: beyond them numbers are no classes.
    private static let mostClasses = 1000

    /// How many images have each class, where there is one number an image, or each attribute, where numbers are yes or no.
    func labelCounts() throws -> [DatasetSummary.Label] {
        guard let targets else { return [] }
        let values = try targetValues()
        guard targets.columnCount > 1 else { return classes(values, targets.classNames) }
        guard values.allSatisfy({ $0 == 0 || $0 == 1 || $0 == -1 }) else { return [] }
        return (0..<targets.columnCount).map { column in
            let count = stride(from: column, to: values.count, by: targets.columnCount).count { values[$0] == 1 }
            return DatasetSummary.Label(name: targets.names.isEmpty ? "\(column)" : targets.names[column], count: count)
        }
    }

    private func classes(_ values: [Double], _ names: [String]) -> [DatasetSummary.Label] {
        let said = values.filter { !$0.isNaN }
        let counts = said.reduce(into: [Double: Int]()) { $0[$1, default: 0] += 1 }
        guard counts.count <= Self.mostClasses else { return [] }
        let missing = values.count - said.count
        let blank = missing > 0 ? [DatasetSummary.Label(name: "missing", count: missing)] : []
        return blank
            + counts.sorted { $0.key < $1.key }.map { value, count in
                let number = Int(exactly: value)
                let named = number.flatMap { names.indices.contains($0) ? names[$0] : nil }
                let name = named ?? number.map { "\($0)" } ?? "\(value)"
                return DatasetSummary.Label(name: name, count: count)
            }
    }
}
