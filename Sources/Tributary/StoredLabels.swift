import ConfigurationFiles
import Ingest
import Synchronization

/// A file's labels, read when somebody asks for them, and once: they cannot change under a run.
final class StoredLabels: Sendable {
    private let dataset: ImageDataset
    private let labels = Mutex<[Int?]?>(nil)

    init(_ dataset: ImageDataset) {
        self.dataset = dataset
    }

    /// The class of every image of the file, nil for one without a label; empty where the file has no labels.
    ///
    /// - Throws: `UsageProblem` where the file has something else than one class for each image.
    func all() throws -> [Int?] {
        try labels.withLock { known in
            if let known { return known }
            let read = try read()
            known = read
            return read
        }
    }

    /// No number, -1 and a byte's 255 stand for no label.
    private func read() throws -> [Int?] {
        guard let targets = dataset.targets else { return [] }
        guard targets.columnCount == 1 else {
            throw UsageProblem(
                "\(dataset.path) has \(targets.columnCount) targets for each image, and a class is one number: name the dataset that holds "
                    + "it with --labels-path, or one of these by its name behind that of theirs, such as --labels-path "
                    + "targets/\(targets.names.first ?? "0")")
        }
        return try dataset.targetValues().map { value in
            guard !value.isNaN, value != -1, value != 255 else { return nil }
            guard let label = Int(exactly: value), label >= 0 else {
                throw UsageProblem(
                    "\(dataset.path) has the label \(value), and a class is a whole number from 0: name the dataset that holds classes with "
                        + "--labels-path")
            }
            return label
        }
    }
}
