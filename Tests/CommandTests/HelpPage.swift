import Foundation

/// What the argument parser says of one command: so that no command is forgotten, whoever adds it.
struct HelpPage: CustomStringConvertible, Sendable {
    /// The words behind `tributary`.
    let path: [String]
    let discussion: String
    let hasSubcommands: Bool

    var description: String { path.joined(separator: " ") }

    /// Of all commands that a user is shown, the root first.
    static let all: [HelpPage] = (try? read()) ?? []

    private struct Dump: Decodable {
        let command: Entry
    }

    private struct Entry: Decodable {
        let commandName: String
        let discussion: String?
        let shouldDisplay: Bool
        let subcommands: [Entry]?
    }

    private static func read() throws -> [HelpPage] {
        guard Command.isBuilt else { return [] }
        let dump = try Command("--experimental-dump-help")
        return pages(try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command, below: nil)
    }

    private static func pages(_ entry: Entry, below path: [String]?) -> [HelpPage] {
        guard entry.shouldDisplay, entry.commandName != "help" else { return [] }
        let path = path.map { $0 + [entry.commandName] } ?? []
        let below = entry.subcommands ?? []
        let page = HelpPage(path: path, discussion: entry.discussion ?? "", hasSubcommands: !below.isEmpty)
        return [page] + below.flatMap { pages($0, below: path) }
    }
}
