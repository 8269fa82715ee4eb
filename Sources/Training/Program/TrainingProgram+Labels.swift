import Contract
import Hashing
import VAE

extension RunConfiguration {
    /// Refuses a choice of labelled images that the objective has no use for.
    func requireUseOfLabels() throws(ConfigurationProblem) {
        guard labels != nil else { return }
        let estimator = objective.estimator
        try require(estimator.tellsClasses, "labels", "this objective reads no labels: take the key out")
        try require(
            !estimator.needsEveryLabel, "labels",
            "this objective needs the label of every image: take the key out, or set objective.estimator to `semi_supervised`"
        )
    }
}

// An example is its pixels and, where the objective reads labels, one byte more: its label, or `noLabel`. What travels and is kept are
// these bytes, so nothing between the file and the graph needs to know of labels.
extension TrainingProgram {
    /// The byte of an example without a label.
    static let noLabel: UInt8 = 255

    /// The program of a new run on some data, which says which of its images keep their labels.
    ///
    /// - Throws: As the other initialiser; `ConfigurationProblem` where the data's labels are not what the configuration needs.
    public init(_ configuration: RunConfiguration, source: any ExampleSource) throws {
        try self.init(
            configuration, trainingExamples: source.count(.train), validationExamples: source.count(.valid),
            labelled: Self.labelled(configuration, source))
        try checkLabels(of: source)
    }

    /// The labelled examples that a configuration asks for, drawn from the data's labels.
    private static func labelled(_ configuration: RunConfiguration, _ source: any ExampleSource) throws -> [UInt32]? {
        try configuration.requireUseOfLabels()
        guard let selection = configuration.labels, let classes = configuration.model.classes else { return nil }
        let labels = try source.labels(of: Array(0..<source.count(.train)), in: .train)
        try require(labels, below: classes)
        guard labels.contains(where: { $0 != nil }) else {
            throw ConfigurationProblem(path: "labels", reason: noLabels(labels.count, .train))
        }
        let draw = LabelDraw(classes: classes, count: selection.labelled, draw: selection.draw)
        do throws(LabelDrawError) {
            return try draw.examples(of: labels, shards: configuration.shards)
        } catch {
            throw ConfigurationProblem(path: "labels.labelled", reason: "\(error)")
        }
    }

    /// The bytes of one example.
    public var bytesPerExample: Int { pixelsPerExample + (model.classes == nil ? 0 : 1) }

    /// Some examples as they are sent and computed with: the pixels of each, and its label where the objective reads labels. Of training
    /// examples only those that the contract names have one.
    public func bytes(of rows: [Int], in split: Split, from source: any ExampleSource) throws -> [UInt8] {
        let pixels = try source.pixels(of: rows, in: split)
        guard model.classes != nil else { return pixels }
        let labels = try labelBytes(of: rows, in: split, from: source)
        return join(pixels, labels)
    }

    func join(_ pixels: [UInt8], _ labels: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count + labels.count)
        for (index, label) in labels.enumerated() {
            result += pixels[index * pixelsPerExample..<(index + 1) * pixelsPerExample]
            result.append(label)
        }
        return result
    }

    private func labelBytes(of rows: [Int], in split: Split, from source: any ExampleSource) throws -> [UInt8] {
        let kept = rows.indices.filter { split == .valid || isLabelled(rows[$0]) }
        let labels = try source.labels(of: kept.map { rows[$0] }, in: split)
        try Self.require(labels, below: model.classes ?? 0)
        var result = [UInt8](repeating: Self.noLabel, count: rows.count)
        for (index, label) in zip(kept, labels) { result[index] = label.map(UInt8.init) ?? Self.noLabel }
        return result
    }

    private func isLabelled(_ example: Int) -> Bool { plan.labelled?.contains(UInt32(example)) ?? true }

    /// What identifies the data for this program: the pixels and, where labels are read, those that training reads.
    public func fingerprint(of source: some ExampleSource) throws -> String {
        // Other data has other examples under the same numbers, and may have fewer.
        guard model.classes != nil, source.count(.train) == plan.examples else { return source.fingerprint }
        let rows = plan.labelled?.examples.map(Int.init) ?? Array(0..<source.count(.train))
        var hash = SHA256()
        for row in rows { hash.update(row) }
        hash.update(try labelBytes(of: rows, in: .train, from: source))
        return "\(source.fingerprint), labels \(hash.finalize())"
    }

    /// Refuses data that lacks labels which the objective reads.
    ///
    /// - Throws: `ConfigurationProblem`.
    public func checkLabels(of source: some ExampleSource, in splits: [Split] = Split.allCases) throws {
        guard let classes = model.classes else { return }
        for split in splits where split == .valid || plan.labelled == nil {
            let labels = try source.labels(of: Array(0..<source.count(split)), in: split)
            try Self.require(labels, below: classes)
            let missing = labels.count { $0 == nil }
            guard missing > 0 else { continue }
            throw ConfigurationProblem(
                path: "labels",
                reason: missing == labels.count
                    ? Self.noLabels(missing, split)
                    : "\(missing) of the data's \(labels.count) \(Self.word(split)) images have no label, and this objective reads "
                        + (split == .train
                            ? "all of them: say with labels.labelled how many to use" : "them to tell its accuracy"))
        }
    }

    private static func noLabels(_ count: Int, _ split: Split) -> String {
        "the data's \(count) \(word(split)) images have no labels, and this objective reads them: `tributary data inspect` says "
            + "what a file has, and --labels-path names its labels"
    }

    private static func word(_ split: Split) -> String { split == .train ? "training" : "held-out" }

    private static func require(_ labels: [Int?], below classes: Int) throws(ConfigurationProblem) {
        guard let wrong = labels.lazy.compactMap(\.self).first(where: { !(0..<classes).contains($0) }) else { return }
        throw ConfigurationProblem(
            path: "model.classes",
            reason:
                "the data has an image of class \(wrong), and a model of \(classes) classes knows 0 to \(classes - 1)")
    }
}
