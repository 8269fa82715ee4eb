import ArgumentParser
import Foundation
import Logging
import WallTime

/// How messages look.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    /// Sentences for people.
    case text
    /// One JSON object a line, for programs.
    case json
}

/// `--log-format` of whatever trains.
struct LogFormatOption: ParsableArguments {
    @Option(
        name: .customLong("log-format"),
        help: "How messages look: text, or json, one object a line, for programs that collect logs.")
    var format = LogFormat.text
}

/// A message with what a program wants to know of it.
struct LogRecord {
    /// A value of a field.
    enum Value: Encodable, Equatable {
        case integer(Int)
        case number(Double)
        case text(String)
        case list([String])

        /// Whether JSON has it; what it has not is left out.
        var isFinite: Bool { if case .number(let number) = self { number.isFinite } else { true } }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .integer(let integer): try container.encode(integer)
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .list(let texts): try container.encode(texts)
            }
        }
    }

    var level = Logger.Level.info
    /// Who says so; empty for the program itself.
    var source = ""
    var message: String
    var fields: [String: Value] = [:]

    /// One line of JSON, without its end: `time` (RFC 3339, UTC), `level`, `source`, `message`, and the fields.
    var json: String {
        var all = fields.filter(\.value.isFinite)
        all["time"] = .text(WallTime.text)
        all["level"] = .text("\(level)")
        all["message"] = .text(message)
        if !source.isEmpty { all["source"] = .text(source) }
        return ((try? jsonText(all)) ?? "{}").printableLine
    }

    /// How urgent it is, for people; by default the level, where that is more than usual.
    var urgency: String?

    /// The same for people.
    var text: String { (urgency ?? (level >= .warning ? "\(level): " : "")) + message }
}

extension LogRecord {
    /// A message for people, in which urgency is a word at the beginning.
    init(line: String, source: String = "") {
        let levels: [(prefix: String, level: Logger.Level)] = [
            ("warning: ", .warning), ("error: ", .error), ("Error: ", .error),
        ]
        let found = levels.first { line.hasPrefix($0.prefix) }
        self.init(
            level: found?.level ?? .info, source: source,
            message: String(line.dropFirst(found?.prefix.count ?? 0)), urgency: found?.prefix ?? "")
    }
}

extension LogRecord.Value {
    init(_ value: Logger.MetadataValue) {
        switch value {
        case .stringConvertible(let integer as Int): self = .integer(integer)
        case .stringConvertible(let number as Double): self = .number(number)
        case .array(let values): self = .list(values.map { "\($0)" })
        default: self = .text("\(value)")
        }
    }
}
