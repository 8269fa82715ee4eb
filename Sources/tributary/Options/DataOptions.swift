import ArgumentParser
import ConfigurationFiles
import Ingest
import Training
import Tributary

/// How a file of images is read, where it does not say it itself: the same options wherever a command reads one.
struct DataOptions: ParsableArguments {
    @Option(
        name: .customLong("images-path"),
        help: "The dataset of images in the file, such as x_train, or a group of them.")
    var imagesPath: String?
    @Option(
        name: .customLong("labels-path"),
        help: "The dataset of labels in the file, or one of its columns, such as targets/Smiling.")
    var labelsPath: String?
    @Option(
        help:
            "The order of the images' axes: NCHW, NHWC, NCWH, NHW, NWH, HWCN and so on, or flat:28x28, flat:64x64x3 and flat:3x64x64 for rows of numbers."
    )
    var layout: AxisLayout?
    /// `Arguments` makes two options of one with two values.
    @Option(help: ArgumentHelp("The stored values that are black and white, such as -1 1.", valueName: "low> <high"))
    var range: [Double] = []
    @Option(name: .customLong("train-split"), help: "The split to train on (default: train).") var trainSplit: String?
    @Option(
        name: .customLong("valid-split"), help: "The split to hold out (default: valid, or test where there is none).")
    var validSplit: String?
    @Flag(name: .customLong("only-written"), help: "Leave out images that were never written.") var onlyWritten = false

    func validate() throws {
        try Self.check(range: range)
        if let trainSplit, trainSplit == validSplit {
            throw ValidationError("--train-split and --valid-split are both \(trainSplit): name two")
        }
    }

    /// Refuses a `--range` that is not left out and is not two numbers in order.
    static func check(range: [Double]) throws {
        guard range.isEmpty || range.count == 2 else {
            throw ValidationError("--range takes two numbers, what is black and what is white, such as --range -1 1")
        }
        if let problem = range.isEmpty ? nil : DataDescription.problem(ofRange: range) {
            throw ValidationError("--range \(problem)")
        }
    }

    /// What was given, and what is known already; nil where there is neither.
    func added(to known: DataDescription?) -> DataDescription? {
        let given = DataDescription(
            imagesPath: imagesPath, labelsPath: labelsPath, layout: layout?.description,
            range: range.isEmpty ? nil : range,
            trainSplit: trainSplit, validSplit: validSplit, onlyWritten: onlyWritten ? true : nil)
        return given == DataDescription() ? known : (known ?? given).updated(with: given)
    }
}

extension DataDescription {
    /// The options as they are given on a command line.
    var arguments: [String] {
        var words: [String] = []
        for (name, value) in [
            ("images-path", imagesPath), ("labels-path", labelsPath), ("layout", layout), ("train-split", trainSplit),
            ("valid-split", validSplit),
        ] {
            if let value { words += ["--\(name)=\(value)"] }
        }
        if let range { words += ["--range"] + range.map { "\($0)" } }
        return words + (onlyWritten == true ? ["--only-written"] : [])
    }
}

extension AxisLayout: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
