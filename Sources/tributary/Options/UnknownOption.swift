import ArgumentParser
import Contract
import Foundation

/// An option that a command does not have. The parser looks for missing ones first, and so would call a misspelt option missing.
struct UnknownOption {
    let sentence: String

    /// - Parameter words: What was typed, the command's own words included.
    init?(in words: [String], of command: any ParsableCommand.Type) {
        let known = Self.options(of: command)
        let end = words.firstIndex(of: "--") ?? words.endIndex
        let typed = words[..<end].filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
        guard let unknown = typed.first(where: { !known.contains($0) }) else { return nil }
        let suggestion = nearest(to: unknown, in: known).map { "; did you mean \($0)?" } ?? ""
        sentence = "there is no option \(unknown)\(suggestion)"
    }

    private struct Dump: Decodable {
        let command: Entry
        struct Entry: Decodable { let arguments: [Argument]? }
        struct Argument: Decodable { let names: [Name]? }
        struct Name: Decodable {
            let kind: String
            let name: String
        }
    }

    private static func options(of command: any ParsableCommand.Type) -> Set<String> {
        let dump = try? JSONDecoder().decode(Dump.self, from: Foundation.Data(command._dumpHelp().utf8))
        let names = (dump?.command.arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }
        let everywhere = ["--help", "--help-hidden", "--version", "--generate-completion-script"]
        return Set(names.map { "--\($0.name)" } + everywhere)
    }
}
