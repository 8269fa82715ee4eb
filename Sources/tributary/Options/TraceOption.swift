import ArgumentParser
import Cluster
import ConfigurationFiles
import Files

/// `--trace` of a run.
struct TraceOption: ParsableArguments {
    @Option(
        help:
            "Write to this file where the time of the first \(steps) steps goes, on every host: Chrome's trace format.",
        completion: .file(extensions: ["json"]))
    var trace: String?

    /// Enough to see what is usual, in a file that a browser opens.
    private static let steps = 1_000

    private func rule(_ path: String) -> OutputRule {
        OutputRule(path: path, format: .trace, replaces: false, option: "--trace")
    }

    func validate() throws { try trace.map { try rule($0).validate() } }

    /// What takes the trace; nil where none is asked for.
    ///
    /// - Parameter inputs: Files that the command reads.
    /// - Throws: `UsageProblem` where the file exists, and what an `OutputRule` throws.
    func trace(besides inputs: [String]) throws -> StepTrace? {
        try trace.map { path in
            if FileStatus(path) != nil { throw UsageProblem("--trace \(path) exists; name another file") }
            let place = try rule(path).place { inputs }
            return StepTrace(steps: Self.steps) { Self.write($0, place) }
        }
    }

    /// The run goes on where it cannot be written.
    private static func write(_ bytes: [UInt8], _ path: String) {
        do {
            let file = try UnfinishedFile(path)
            try file.write(bytes)
            try file.finish()
            Terminal.standardError.line("trace: \(path)", isProgress: true)
        } catch {
            Terminal.standardError.line("warning: the trace is lost: \(error)")
        }
    }
}
