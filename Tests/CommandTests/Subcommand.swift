import Foundation
import Testing

/// A subcommand of `tributary`, as the argument parser itself tells it.
struct Subcommand: CustomTestStringConvertible, Sendable {
    /// Such as "data import mnist".
    let name: String
    let arguments: [Argument]

    struct Argument: Sendable {
        /// Without its dashes.
        let name: String
        let isFlag: Bool
        /// How the names of its files end, where the parser knows.
        let endings: [String]

        init(_ json: [String: Any]) {
            let names = json["names"] as? [[String: Any]] ?? []
            name = names.first?["name"] as? String ?? json["valueName"] as? String ?? ""
            isFlag = json["kind"] as? String == "flag"
            let file = (json["completionKind"] as? [String: Any])?["file"] as? [String: Any]
            endings = file?["extensions"] as? [String] ?? []
        }
    }

    var testDescription: String { name }
    var words: [String] { name.split(separator: " ").map(String.init) }

    subscript(_ argument: String) -> Argument? { arguments.first { $0.name == argument } }

    /// All that do something; none where the command is not built.
    static let all: [Subcommand] = {
        guard let dump = try? Command("--experimental-dump-help"),
            let json = try? JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any],
            let root = json["command"] as? [String: Any]
        else { return [] }
        return leaves(root, after: [])
    }()

    private static func leaves(_ json: [String: Any], after words: [String]) -> [Subcommand] {
        let below = (json["subcommands"] as? [[String: Any]] ?? []).filter { $0["commandName"] as? String != "help" }
        guard below.isEmpty else {
            return below.flatMap { leaves($0, after: words + [$0["commandName"] as? String ?? ""]) }
        }
        let arguments = (json["arguments"] as? [[String: Any]] ?? []).map(Argument.init)
        return [Subcommand(name: words.joined(separator: " "), arguments: arguments)]
    }
}
