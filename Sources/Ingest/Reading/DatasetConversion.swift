import Files

/// Writes the images of a file in this project's own layout: bytes in one piece, with axes, splits and labels that need no guessing.
public struct DatasetConversion {
    private let dataset: ImageDataset

    public init(_ dataset: ImageDataset) {
        self.dataset = dataset
    }

    /// Writes the file: the split to train on first, then what is held out, then all that have no image in common with those.
    ///
    /// - Throws: `DataError` where there is nothing to train on, `FileError`.
    public func write(to output: UnfinishedFile, progress: ImportProgress) throws -> ImportReport {
        let (splits, splitNotes) = try splits()
        let (targets, names, targetNotes) = try labels()
        let plan = FuelWriter.Plan(
            shape: dataset.shape, splits: splits.map { FuelWriter.Split($0.name, count: $0.rows.count) },
            targetNames: names, classes: classes(names), provenance: provenance)
        let writer = try FuelWriter(output, plan)
        let rows = splits.flatMap(\.rows)
        let step = max(1, (4 << 20) / dataset.shape.count)
        for start in stride(from: 0, to: rows.count, by: step) {
            let some = Array(rows[start..<min(start + step, rows.count)])
            let labels = names.isEmpty ? [] : some.flatMap { targets[$0 * names.count..<($0 + 1) * names.count] }
            try writer.append(pixels: dataset.pixels(rows: some), targets: labels)
            progress(.written(start + some.count, of: rows.count))
        }
        try writer.finish()
        return ImportReport(
            output.path, plan, takenFor: "an HDF5 file", notes: dataset.notes + splitNotes + targetNotes)
    }

    /// What the numbers of the only column stand for, where the file says it.
    private func classes(_ names: [String]) -> [String: [String]] {
        guard names.count == 1, let classes = dataset.targets?.classNames, !classes.isEmpty else { return [:] }
        return [names[0]: classes]
    }

    private var provenance: [String: String] {
        var texts = ["source": dataset.sentence]
        if let classes = dataset.targets?.classNames, !classes.isEmpty {
            texts["classes"] = classes.joined(separator: ", ")
        }
        return texts
    }

    private func splits() throws -> (splits: [ImageSplit], notes: [String]) {
        let choice = try dataset.choice()
        var splits = [ImageSplit(name: SplitWord.train.rawValue, rows: choice.train.rows)]
        if let heldOut = choice.heldOut {
            let isNamed = dataset.options.validSplit != nil
            splits.append(ImageSplit(name: isNamed ? SplitWord.valid.rawValue : heldOut.name, rows: heldOut.rows))
        }
        var (taken, notes) = (Set(splits.flatMap(\.rows)), [String]())
        for split in dataset.splits where split.name != choice.train.name && split.name != choice.heldOut?.name {
            guard !split.rows.isEmpty else { continue }
            guard !splits.contains(where: { $0.name == split.name }), taken.isDisjoint(with: split.rows) else {
                notes.append("the split \(split.name) is left out: its images are in another")
                continue
            }
            taken.formUnion(split.rows)
            splits.append(split)
        }
        return (splits, notes)
    }

    /// Labels as bytes: -1 and 1 become 0 and 1, and what is no whole number up to 255 is left out.
    private func labels() throws -> (values: [UInt8], names: [String], notes: [String]) {
        guard let targets = dataset.targets else { return ([], [], []) }
        let values = try dataset.targetValues()
        let isSigned = values.allSatisfy { $0 == -1 || $0 == 1 }
        let bytes = values.compactMap { UInt8(exactly: isSigned ? ($0 + 1) / 2 : $0) }
        guard bytes.count == values.count else {
            return ([], [], ["labels are left out: they are not whole numbers from 0 to 255"])
        }
        let names =
            targets.names.isEmpty
            ? (0..<targets.columnCount).map { targets.columnCount == 1 ? "label" : "label \($0)" } : targets.names
        return (bytes, names, [])
    }
}
