import Files
import Foundation

/// Where messages go: the standard error stream, with colour and a rewritten last line only on a terminal.
///
/// Everything else that would command the terminal is written out: messages quote names from files.
struct Terminal: Sendable {
    private let isTerminal: Bool
    private let usesColour: Bool

    /// Whether a last line can be rewritten: not where programs read what is written.
    var isInteractive: Bool { isTerminal && Messages.format == .text }

    /// The standard error stream, as the user's environment wants it.
    static let standardError: Terminal = {
        let isTerminal = isatty(STDERR_FILENO) == 1 && variable("TERM") != "dumb"
        return Terminal(isTerminal: isTerminal, usesColour: isTerminal && variable("NO_COLOR") == nil)
    }()

    /// The width in columns now, since windows change; 80 where nobody knows.
    var width: Int { terminalWidth(STDERR_FILENO) ?? 80 }

    /// - Parameters:
    ///   - isProgress: Whether somebody who asked for quiet goes without.
    ///   - fields: What a program wants to know of it.
    func line(_ text: String, isProgress: Bool = false, fields: [String: LogRecord.Value] = [:]) {
        var record = LogRecord(line: text)
        record.fields = fields
        show(record, isProgress: isProgress)
    }

    /// - Parameter isProgress: Whether somebody who asked for quiet goes without.
    func show(_ record: LogRecord, isProgress: Bool) {
        let label = record.source.isEmpty ? "" : "\(record.source): "
        Messages.add(record)
        if isProgress && Messages.areQuiet { return }
        guard Messages.format == .text else { return write(record.json + "\n") }
        write((isInteractive ? "\r\u{1B}[K" : "") + faint(label.printableLine) + record.text.printable + "\n")
    }

    /// Rewrites the last line.
    func status(_ text: String) {
        guard isInteractive, !Messages.areQuiet else { return }
        write("\r\u{1B}[K" + String(text.printableLine.prefix(max(0, width - 1))))
    }

    private func faint(_ text: String) -> String {
        usesColour && !text.isEmpty ? "\u{1B}[2m\(text)\u{1B}[0m" : text
    }

    private func write(_ text: String) {
        // A full disk under the log ends no run.
        try? FileHandle.standardError.write(contentsOf: Foundation.Data(text.utf8))
    }

    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
