import ArgumentParser
import ConfigurationFiles
import Contract
import Fitting
import Ingest
import OneDNN
import Tensors
import Training
import Tributary

/// `tributary classify`: how well a model, or a classifier on its codes, tells the classes of held-out images.
struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells the classes of held-out images, and how many are right.",
        discussion: """
            A model that was trained with labels classifies by itself. With --method a classifier is fitted to the codes, the means of \
            the posterior, of a few labelled training images: once for each of --draws choices of them, as many of each class. Dimensions \
            whose codes hardly vary are left out. Without --checkpoint it is fitted to the pixels, to compare with. What is printed is the mean share of held-out images told right, and half the width \
            of its 95 % confidence interval over the choices.

            Examples:
              tributary classify --checkpoint runs/m2 --data mnist.h5
              tributary classify --checkpoint runs/m1 --data mnist.h5 \\
                --method svm --labelled 100
              tributary classify --data mnist.h5 --labelled 100
              tributary classify --checkpoint runs/m2 --data mnist.h5 \\
                --out classes.csv
            """)

    @Option(
        help: "A checkpoint, or a run directory for its newest one; without it the pixels themselves are classified.",
        completion: .file()) var checkpoint: String?
    @Option(help: "The image file, with labels.", completion: .file()) var data: String
    @OptionGroup(title: "How the image file is read") var reading: DataOptions
    @Option(
        help:
            "The classifier of codes: logistic, svm (linear), or network (one hidden layer). (default: the model itself; logistic where it tells no classes)"
    )
    var method: Classifier.Method?
    @Option(help: "How many training images have labels, for a classifier of codes (default: 100).") var labelled: Int?
    @Option(help: "How many choices of labelled images are tried (default: 5).") var draws: Int?
    @Option(
        help:
            "A file to write the class of each held-out image into, and the probabilities of all: HDF5 (.h5), NumPy's arrays (.npz) or text (.csv).",
        completion: .file(extensions: ["h5", "hdf5", "npz", "csv"]))
    var out: String?
    @Flag(help: "Replace the file that --out names.") var force = false
    @Flag(help: "Print JSON.") var json = false

    private var destination: CodesFile? { out.map { CodesFile(path: $0, replaces: force) } }

    func validate() throws {
        try destination?.validate()
        if let labelled, !(1...1_000_000).contains(labelled) {
            throw ValidationError("--labelled is from 1 to 1000000, not \(labelled)")
        }
        if let draws, !(1...1000).contains(draws) {
            throw ValidationError("--draws is from 1 to 1000, not \(draws)")
        }
    }

    func run() throws {
        let file = try destination?.begin(besides: [data] + (checkpoint.map(CheckpointCommand.files) ?? []))
        let checkpoint = try checkpoint.map { try CheckpointCommand.read($0) }
        let program = try checkpoint.map { try TrainingProgram($0.contract) }
        let source = try DatasetSource(data, reading.added(to: program?.configuration.data))
        try program?.check(source)
        guard source.count(.valid) > 0 else {
            throw UsageProblem(
                "\(data) holds no images out, which the classes are told of: name a split with --valid-split")
        }
        let model = try checkpoint.map { checkpoint in
            try ImageModel(checkpoint, engine: OneDNNEngine(precision: program?.configuration.precision ?? .float32))
        }
        let images = try LabelledImages(source, model, file: data)
        defer { Terminal.standardError.status("") }
        let (report, told) = try report(images, step: checkpoint?.state.step)
        if let file {
            try told.write(
                into: file, split: source.heldOut!, rows: source.rows[.valid]!,
                classNames: source.dataset.targets?.classNames ?? [])
        }
        try output(json ? try jsonText(report) : report.description)
    }

    private func report(
        _ images: LabelledImages, step: Int?
    ) throws -> (ClassificationReport, told: ToldClasses) {
        if method == nil, let told = try images.toldByModel() {
            guard labelled == nil, draws == nil else {
                throw UsageProblem(
                    "this model classifies by itself, and --labelled and --draws are for a classifier of its codes: add --method "
                        + "logistic, or leave them out")
            }
            let report = ClassificationReport(
                step: step, method: "model", images: images.heldOutCount, accuracies: [told.accuracy])
            return (report, told)
        }
        let (method, labelled, draws) = (method ?? .logistic, labelled ?? 100, draws ?? 5)
        guard out == nil || draws == 1 else {
            throw UsageProblem(
                "--out takes the classes of one choice of labelled images, and \(draws) are tried: add --draws 1")
        }
        let codes = try images.vectors()
        let told = try (1...draws).map { draw in
            Terminal.standardError.status("fitting classifier \(draw) of \(draws)")
            return try codes.told(by: method, labelled: labelled, draw: UInt64(draw))
        }
        let report = ClassificationReport(
            step: step, method: method.rawValue, labelled: labelled, dimensions: codes.kept.count,
            images: images.heldOutCount, accuracies: told.map(\.accuracy))
        return (report, told[0])
    }
}

extension Classifier.Method: ExpressibleByArgument {}

/// What `classify` prints.
private struct ClassificationReport: Encodable, CustomStringConvertible {
    /// The checkpoint's; nil where pixels were classified.
    let step: Int?
    let method: String
    var labelled: Int?
    /// How many dimensions of the codes, or pixels, were used.
    var dimensions: Int?
    let images: Int
    let accuracy: Double
    let confidence95: Double?
    /// One for each choice of labelled images.
    let accuracies: [Double]

    init(
        step: Int?, method: String, labelled: Int? = nil, dimensions: Int? = nil, images: Int, accuracies: [Double]
    ) {
        self.step = step
        self.method = method
        self.labelled = labelled
        self.dimensions = dimensions
        self.images = images
        self.accuracies = accuracies
        let interval = StudentInterval(of: accuracies)
        accuracy = interval.mean
        confidence95 = interval.halfWidth95
    }

    enum CodingKeys: String, CodingKey {
        case step, method, labelled, dimensions, images, accuracy, accuracies
        case confidence95 = "confidence_95"
    }

    var description: String {
        let width = confidence95.map { " ± \(Self.percent($0))" } ?? ""
        let draws = accuracies.count > 1 ? ", \(accuracies.count) draws" : ""
        return
            "\(step.map { "step \($0), " } ?? "")\(images) held-out images by the \(means): \(Self.percent(accuracy))\(width) % right\(draws)"
    }

    /// What tells the classes.
    private var means: String {
        guard let labelled, let dimensions else { return method }
        let vectors = step == nil ? "\(dimensions) numbers" : "\(dimensions) dimensions of codes"
        return "\(method) on \(vectors) of \(labelled) labelled images"
    }

    /// In percent, to two decimals.
    private static func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100)" }
}
