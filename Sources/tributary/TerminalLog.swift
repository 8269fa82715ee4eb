import Logging

/// Log lines on the terminal, above the progress bar: `coordinator: step 12: node 2 moved from …`.
struct TerminalLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let label: String

    static func logger(_ label: String) -> Logger {
        Logger(label: label) { TerminalLog(label: $0) }
    }

    private init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let urgency = event.level >= .warning ? "\(event.level): " : ""
        Terminal.standardError.line(
            urgency + "\(event.message)".printableLine, label: "\(label): ", isProgress: event.level < .warning)
    }
}
