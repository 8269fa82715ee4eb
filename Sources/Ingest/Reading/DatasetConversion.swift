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
        let labels = try labels()
        let names = labels.names
        let plan = FuelWriter.Plan(
            shape: dataset.shape, splits: splits.map { FuelWriter.Split($0.name, count: $0.rows.count) },
            targetNames: names, targetElement: labels.element, classes: classes(names), provenance: provenance)
        let writer = try FuelWriter(output, plan)
        let rows = splits.flatMap(\.rows)
        let step = max(1, (4 << 20) / dataset.shape.count)
        for start in stride(from: 0, to: rows.count, by: step) {
            let some = Array(rows[start..<min(start + step, rows.count)])
            let targets = names.isEmpty ? [] : some.flatMap { labels.values[$0 * names.count..<($0 + 1) * names.count] }
            try writer.append(pixels: dataset.pixels(rows: some), targets: targets)
            progress(.written(start + some.count, of: rows.count))
        }
        try writer.finish()
        return ImportReport(
            output.path, plan, takenFor: "an HDF5 file", notes: dataset.notes + splitNotes + labels.notes)
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

    /// A file's labels as they are written: whole numbers, bytes where all are.
    private struct Labels {
        var values: [Int32] = []
        var names: [String] = []
        var element = FuelWriter.TargetElement.byte
        var notes: [String] = []
    }

    /// Of -1 and 1 alone, as of attributes, -1 becomes 0; where there are other numbers, it stands for no label and stays, and so it does for NaN and
    /// blank texts.
    private func labels() throws -> Labels {
        guard let targets = dataset.targets else { return Labels() }
        let found = try dataset.targetValues()
        let numbers = found.map { $0.isNaN ? -1 : $0 }
        let missing = found.count { $0.isNaN }
        let isSigned = missing == 0 && numbers.allSatisfy { $0 == -1 || $0 == 1 } && numbers.contains(1)
        let values = numbers.compactMap { Int32(exactly: isSigned ? ($0 + 1) / 2 : $0) }
        guard values.count == numbers.count else {
            let other = numbers.first { Int32(exactly: $0) == nil }!
            return Labels(notes: ["labels are left out: one is \(other), and only whole numbers of 32 bits are kept"])
        }
        let areBytes = values.allSatisfy { UInt8(exactly: $0) != nil }
        let names =
            targets.names.isEmpty
            ? (0..<targets.columnCount).map { targets.columnCount == 1 ? "label" : "label \($0)" } : targets.names
        let notes = missing > 0 ? ["labels that are missing (\(missing) of \(found.count)) are -1"] : []
        return Labels(values: values, names: names, element: areBytes ? .byte : .int32, notes: notes)
    }
}
