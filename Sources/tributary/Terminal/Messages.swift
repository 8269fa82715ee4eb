import ArgumentParser
import Files
import Synchronization

/// Where else messages go than to the terminal, and whether it gets all of them: the same in the whole process, from its beginning.
enum Messages {
    private struct State {
        var isQuiet = false
        var format = LogFormat.text
        var log: AppendedFile?
        let begun = ContinuousClock.now
    }

    private static let state = Mutex(State())

    static var areQuiet: Bool { state.withLock(\.isQuiet) }

    static var format: LogFormat { state.withLock(\.format) }

    /// To be called before the first message.
    static func begin(quiet: Bool = false, _ format: LogFormat, log: AppendedFile? = nil) {
        state.withLock { ($0.isQuiet, $0.format, $0.log) = (quiet, format, log) }
    }

    /// Adds a message to the log; those for people stand after the time since the program began. A full disk under it ends no run.
    static func add(_ record: LogRecord) {
        state.withLock { state in
            guard let log = state.log else { return }
            let seconds = (ContinuousClock.now - state.begun) / .seconds(1)
            let label = record.source.isEmpty ? "" : "\(record.source): "
            let line =
                state.format == .json ? record.json : "\(clock(seconds)) \((label + record.text).printable)"
            try? log.append(Array("\(line)\n".utf8))
        }
    }
}

/// `--quiet`, `--log` and `--log-format` of what trains.
struct MessageOptions: ParsableArguments {
    @Flag(help: "Say nothing but warnings, errors and the result.") var quiet = false
    @Option(
        help: "Also add all messages to this file, each with the time since the start. A file that exists grows.",
        completion: .file(extensions: ["log", "txt"]))
    var log: String?
    @OptionGroup var formatting: LogFormatOption

    private func rule(_ log: String) -> OutputRule {
        OutputRule(path: log, format: .log, replaces: true, option: "--log")
    }

    func validate() throws { try log.map { try rule($0).validate() } }

    /// To be called before the first message.
    ///
    /// - Parameter inputs: Files that the command reads.
    func begin(besides inputs: [String]) throws {
        let file = try log.map { try AppendedFile(rule($0).place(besides: { inputs })) }
        Messages.begin(quiet: quiet, formatting.format, log: file)
    }
}
