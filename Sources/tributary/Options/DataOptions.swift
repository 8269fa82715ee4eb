import ArgumentParser
import ConfigurationFiles
import Ingest
import Training

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
        if range.count == 2 { try check(range) { ValidationError("--range \($0)") } }
    }

    fileprivate static func check(_ range: [Double], _ error: (String) -> any Error) throws {
        guard range.count == 2, Float(range[0]).isFinite, Float(range[1]).isFinite, Float(range[0]) < Float(range[1])
        else {
            throw error("takes two numbers of which the first is below the second, not \(range)")
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
    /// What a reader of files makes of it.
    ///
    /// - Throws: `UsageProblem` for a layout or range that there is not, from a configuration file.
    func readingOptions() throws -> ReadingOptions {
        if let layout, AxisLayout(layout) == nil {
            throw UsageProblem(
                "data.layout is the axes N, H, W and perhaps C in their order, such as NHWC, or flat:28x28, not \(layout)"
            )
        }
        if let range { try DataOptions.check(range) { UsageProblem("data.range \($0)") } }
        return ReadingOptions(
            imagesPath: imagesPath, labelsPath: labelsPath, layout: layout.flatMap { AxisLayout($0) },
            range: range.map { $0[0]...$0[1] }, trainSplit: trainSplit, validSplit: validSplit,
            onlyWritten: onlyWritten ?? false)
    }

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
