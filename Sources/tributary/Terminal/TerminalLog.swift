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
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { LogRecord.Value($0) }
        Terminal.standardError.show(
            LogRecord(
                level: event.level, source: label, message: "\(event.message)".printableLine, fields: fields),
            isProgress: event.level < .warning)
    }
}
