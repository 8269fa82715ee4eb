import Files
import Storage

/// Codes as HDF5: a dataset (N, width) of float32 for each column, `targets` (N, K) with the attribute `names`, `split` (N) and `row` (N).
final class HDF5CodeWriter: CodeWriter {
    private let output: UnfinishedFile
    private let table: CodeTable
    private var file: File?
    private var datasets: [Dataset] = []
    private var done = 0

    init(_ output: UnfinishedFile, _ table: CodeTable) throws {
        self.output = output
        self.table = table
        try writing {
            let file = try File.create(over: output.temporaryPath)
            self.file = file
            datasets = try table.columns.map {
                try file.root.createDataset($0.name, of: Float.self, shape: [table.count, $0.width])
            }
            try writeTargets(file.root)
            try file.root.write(DatasetNames.split, table.splits, shape: [table.count])
            try file.root.write("row", table.rows, shape: [table.count])
        }
    }

    private func writeTargets(_ root: Group) throws {
        guard !table.targetNames.isEmpty else { return }
        let shape = [table.count, table.targetNames.count]
        let targets: Dataset
        if let whole = table.wholeTargets {
            targets = try root.write("targets", whole, shape: shape)
        } else {
            targets = try root.write("targets", table.targets, shape: shape)
        }
        try DatasetNames.writeTargetNames(table.targetNames, of: targets, in: root)
        if !table.classNames.isEmpty {
            try root.write("class_names", table.classNames, shape: [table.classNames.count])
        }
    }

    func append(_ values: [[Float]]) throws {
        let rows = done..<done + table.images(of: values, after: done)
        try writing {
            for (dataset, numbers) in zip(datasets, values) { try dataset.write(numbers, rows: rows) }
        }
        done = rows.upperBound
        output.beginSynchronizing()
    }

    func finish() throws {
        precondition(done == table.count, "expected \(table.count) images before the end, got \(done)")
        try writing { try file?.flush() }
        // Lets go of the library's file, which closes it.
        (datasets, file) = ([], nil)
        try output.finish()
    }

    /// Says the path that was asked for, not the temporary one, where the library fails.
    private func writing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as H5Error {
            throw DataError(output.path, "cannot be written: \(error.reason)")
        }
    }
}
