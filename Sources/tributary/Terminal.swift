import Files
import Foundation

/// Where messages go: the standard error stream, with colour and a rewritten last line only on a terminal.
///
/// Everything else that would command the terminal is written out: messages quote names from files.
struct Terminal: Sendable {
    let isInteractive: Bool
    let usesColour: Bool

    /// The standard error stream, as the user's environment wants it.
    static let standardError: Terminal = {
        let isInteractive = isatty(STDERR_FILENO) == 1 && variable("TERM") != "dumb"
        return Terminal(isInteractive: isInteractive, usesColour: isInteractive && variable("NO_COLOR") == nil)
    }()

    /// The width in columns now, since windows change; 80 where nobody knows.
    var width: Int { terminalWidth(STDERR_FILENO) ?? 80 }

    /// - Parameters:
    ///   - label: Who says so, before the text.
    ///   - isProgress: Whether somebody who asked for quiet goes without.
    func line(_ text: String, label: String = "", isProgress: Bool = false) {
        record(label + text)
        if isProgress && Messages.areQuiet { return }
        write((isInteractive ? "\r\u{1B}[K" : "") + faint(label.printableLine) + text.printable + "\n")
    }

    /// Writes a line into the log alone, if there is one.
    func record(_ text: String) { Messages.add(text.printable) }

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
