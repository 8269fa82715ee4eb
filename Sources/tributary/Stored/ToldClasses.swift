import Fitting
import Ingest

/// The classes that a model, or a classifier, tells of held-out images.
struct ToldClasses {
    /// N: of every image its own class, as the file says.
    let labels: [Int]
    /// N: of every image the class that was told.
    let classes: [Int]
    /// (N, K): by how much each class of an image was preferred.
    private let values: [Float]
    /// What the values are, `probability` or `score`.
    private let valueName: String

    /// Of every image the most probable class; of several, the first.
    ///
    /// - Parameters:
    ///   - probabilities: (N, K)
    ///   - classes: K
    init(labels: [Int], probabilities: [Float], classes: Int) {
        self.labels = labels
        self.classes = labels.indices.map { image in
            let own = probabilities[image * classes..<(image + 1) * classes]
            return own.firstIndex(of: own.max()!)! - image * classes
        }
        (values, valueName) = (probabilities, "probability")
    }

    init(by classifier: Classifier, of vectors: LabelledVectors) {
        labels = vectors.labels
        classes = labels.indices.map { classifier.label(of: vectors.vector($0)) }
        values = labels.indices.flatMap { image in
            let vector = vectors.vector(image)
            return (classifier.probabilities(of: vector) ?? classifier.scores(of: vector)).map(Float.init)
        }
        valueName = classifier.method == .svm ? "score" : "probability"
    }

    /// The share of images whose class was told right.
    var accuracy: Double { Double(zip(labels, classes).count { $0 == $1 }) / Double(labels.count) }

    /// Writes each image's own class, the one that was told, and the values of all classes.
    func write(into file: CodesFile.Begun, split: String, rows: [Int], classNames: [String]) throws {
        let table = CodeTable(
            columns: [CodeTable.Column(valueName, width: values.count / labels.count)],
            splits: rows.map { _ in split }, rows: rows, targetNames: ["label", "class"],
            targets: zip(labels, classes).flatMap { [Double($0), Double($1)] }, classNames: classNames)
        let writer = try file.writer(table)
        try writer.append([values])
        try writer.finish()
    }
}
