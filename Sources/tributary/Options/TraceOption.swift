import ArgumentParser
import Cluster
import ConfigurationFiles
import Files
import Foundation

/// `--trace` of a run.
struct TraceOption: ParsableArguments {
    @Option(
        help:
            "Write to this file where the time of the first \(steps) steps goes, on every host: Chrome's trace format. A file that exists stays; a run that goes on with --resume writes FILE-2.json beside it.",
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
    /// - Parameters:
    ///   - inputs: Files that the command reads.
    ///   - resumes: Whether the run goes on with the same command, as often as somebody starts it: then it has a file for each time.
    /// - Throws: `UsageProblem` where the file exists, and what an `OutputRule` throws.
    func trace(besides inputs: [String], resumes: Bool) throws -> StepTrace? {
        try trace.map { path in
            let path = resumes ? Self.unused(path) : path
            if FileStatus(path) != nil { throw UsageProblem("--trace \(path) exists; name another file") }
            let place = try rule(path).place { inputs }
            return StepTrace(steps: Self.steps) { Self.write($0, place) }
        }
    }

    /// `steps.json`, or where that exists the first of `steps-2.json`, `steps-3.json` and so on that does not.
    private static func unused(_ path: String) -> String {
        let ending = (path.lastIndex(of: ".") ?? path.endIndex)...
        return sequence(first: 1) { $0 + 1 }.lazy
            .map { $0 == 1 ? path : path.replacingCharacters(in: ending, with: "-\($0)\(path[ending])") }
            .first { FileStatus($0) == nil } ?? path
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
