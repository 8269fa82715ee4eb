import ConfigurationFiles
import Contract
import Fitting
import Training
import Tributary
import VAE

/// A file's images with their labels, as a trained model sees them, or as they are.
struct LabelledImages {
    private let source: DatasetSource
    /// Nil for the images as they are.
    private let model: ImageModel?
    private let trainingLabels: [Int?]
    private let heldOutLabels: [Int]
    private let classes: Int
    private let file: String

    /// - Throws: `UsageProblem` where a held-out image has no label.
    init(_ source: DatasetSource, _ model: ImageModel?, file: String) throws {
        self.source = source
        self.model = model
        self.file = file
        trainingLabels = try source.labels(of: Array(0..<source.count(.train)), in: .train)
        let labels = try source.labels(of: Array(0..<source.count(.valid)), in: .valid)
        heldOutLabels = labels.compactMap(\.self)
        guard heldOutLabels.count == labels.count else {
            throw UsageProblem(
                "\(labels.count - heldOutLabels.count) of the \(labels.count) held-out images of \(file) have no label: "
                    + "`tributary data inspect` says what a file has, and --labels-path names its labels")
        }
        let most = (trainingLabels.compactMap(\.self) + heldOutLabels).max() ?? 0
        classes = max(most + 1, model?.program.model.classes ?? 2)
        guard classes <= 1000 else {
            throw UsageProblem("\(file) has a label \(most), and more than 1000 classes are none")
        }
    }

    var heldOutCount: Int { heldOutLabels.count }

    /// What the model says of held-out images; nil where it tells no classes.
    func toldByModel() throws -> ToldClasses? {
        guard let model, let known = model.program.model.classes else { return nil }
        let probabilities = try map(.valid, Array(0..<heldOutCount)) { try model.classProbabilities($0) ?? [] }
        return ToldClasses(labels: heldOutLabels, probabilities: probabilities, classes: known)
    }

    /// The images from which it is told whether a dimension varies.
    private static let sampled = 10_000
    /// Numbers of theirs at most, 160 MB.
    private static let sampledNumbers = 40_000_000

    /// The vectors of all images that are needed: of held-out ones, and of labelled ones when they are drawn.
    func vectors() throws -> Vectors {
        let width = model?.program.configuration.model.latents.count ?? source.channels * source.height * source.width
        let most = max(100, min(Self.sampled, Self.sampledNumbers / width))
        let sample = try map(.train, Array(0..<source.count(.train)).evenly(atMost: most), numbers)
        let kept = (0..<width).filter { Self.deviation(sample, column: $0, width: width) > leastDeviation }
        guard !kept.isEmpty else {
            let what =
                model == nil ? "no pixel varies" : "no dimension of the codes varies by more than \(leastDeviation)"
            throw UsageProblem("\(what), so there is nothing to classify by")
        }
        let heldOut = Self.columns(kept, of: try map(.valid, Array(0..<heldOutCount), numbers), width)
        return Vectors(kept: kept, heldOut: LabelledVectors(heldOut, labels: heldOutLabels, classes: classes)) {
            labelled, draw in
            do throws(LabelDrawError) {
                return try LabelDraw(classes: classes, count: labelled, draw: draw).examples(
                    of: trainingLabels, shards: 1)
            } catch {
                throw UsageProblem("--labelled \(labelled): \(error)")
            }
        } labelled: { examples in
            let values = Self.columns(kept, of: try map(.train, examples, numbers), width)
            return LabelledVectors(values, labels: examples.map { trainingLabels[$0]! }, classes: classes)
        }
    }

    /// What a classifier takes of images: their codes, or their pixels from 0 to 1.
    private func numbers(_ pixels: [UInt8]) throws -> [Float] {
        try model?.means(pixels) ?? pixels.map { Float($0) / 255 }
    }

    /// Of codes those dimensions are kept that vary by more than this in standard deviation, as Kingma et al. (2014) do it, and of pixels all
    /// that vary.
    private var leastDeviation: Double { model == nil ? 0 : 0.1 }

    /// Vectors of held-out images, and of labelled ones as they are drawn.
    struct Vectors {
        /// The dimensions that vary.
        let kept: [Int]
        fileprivate let heldOut: LabelledVectors
        fileprivate let draw: (_ labelled: Int, _ draw: UInt64) throws -> [UInt32]
        fileprivate let labelled: (_ examples: [Int]) throws -> LabelledVectors

        /// What a classifier says of held-out images that was fitted to one choice of labelled ones.
        func told(by method: Classifier.Method, labelled count: Int, draw number: UInt64) throws -> ToldClasses {
            let examples = try draw(count, number).map(Int.init)
            return ToldClasses(by: Classifier(method, to: try labelled(examples)), of: heldOut)
        }
    }

    /// What the model says of images, some at a time.
    private func map(_ split: Training.Split, _ rows: [Int], _ body: ([UInt8]) throws -> [Float]) throws -> [Float] {
        var result: [Float] = []
        let step = 1024
        for start in stride(from: 0, to: rows.count, by: step) {
            let some = Array(rows[start..<min(start + step, rows.count)])
            result += try body(source.pixels(of: some, in: split))
            Terminal.standardError.status("reading images: \(start + some.count) of \(rows.count)")
        }
        return result
    }

    private static func columns(_ kept: [Int], of values: [Float], _ width: Int) -> [Double] {
        (0..<values.count / width).flatMap { row in kept.map { Double(values[row * width + $0]) } }
    }

    private static func deviation(_ values: [Float], column: Int, width: Int) -> Double {
        let numbers = stride(from: column, to: values.count, by: width).map { Double(values[$0]) }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        return (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)).squareRoot()
    }
}
