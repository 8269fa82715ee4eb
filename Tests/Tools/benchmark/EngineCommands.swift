import ArgumentParser
import OneDNN
import Performance
import Tensors

struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "Images a second of a training graph, on threads that share nothing.",
        discussion: "Example:\n  benchmark engine --preset face-128 --threads 2")

    @OptionGroup var work: WorkOptions
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let subject = try work.subject()
        let result = try measuring.stopwatch.measure { [try subject.trainingWork()] }
        try Report(subject, measuring, ["engine": result[0]]).print(json: measuring.json)
    }
}

struct ConvolutionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convolutions", abstract: "The same for the graph's convolutions and matrix products alone.",
        discussion: "Example:\n  benchmark convolutions --preset face-128 --threads 2")

    @OptionGroup var work: WorkOptions
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let subject = try work.subject()
        let result = try measuring.stopwatch.measure { [try subject.linearWork()] }
        try Report(subject, measuring, ["convolutions": result[0]]).print(json: measuring.json)
    }
}

struct StepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Both, and the second with convolutions and input gradients by oneDNN, window by window in turn.",
        discussion: "Example:\n  benchmark step --preset face-128 --threads 2")

    @OptionGroup var work: WorkOptions
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let subject = try work.subject()
        let result = try measuring.stopwatch.measure {
            [try subject.trainingWork(), try subject.linearWork(), try subject.linearWork(plain: true)]
        }
        let report = Report(
            subject, measuring, ["engine": result[0], "convolutions": result[1], "oneDNN convolutions": result[2]])
        try report.print(json: measuring.json)
    }
}

struct PeakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peak",
        abstract: "Operations a second of a large matrix product: the most that this machine does.",
        discussion: "Example:\n  benchmark peak --threads 2")

    @Option(help: "Rows and columns of the matrices.") var size = 2048
    @Option(help: "What they hold: \(Precision.allCases.map(\.rawValue).joined(separator: ", ")).")
    var precision = Precision.float32
    @OptionGroup var measuring: MeasuringOptions

    func validate() throws {
        guard (1...20_000).contains(size) else { throw ValidationError("--size is from 1 to 20000, not \(size)") }
    }

    func run() throws {
        let engine = try OneDNNEngine(precision: precision)
        let graph = MachinePeak.matrixProduct(size: size).rounded(to: precision)
        let result = try measuring.stopwatch.measure {
            let loop = try GraphLoop(graph, engine: engine)
            return [
                {
                    loop.run()
                    return graph.linearFloatingPointOperations
                }
            ]
        }
        try PeakReport(numericClass: engine.numericClass, precision: precision.rawValue, operations: Rate(result[0]))
            .print(json: measuring.json)
    }
}
