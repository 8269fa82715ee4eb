import ArgumentParser
import Contract

/// The command line, put right where the parser would take it for something else.
struct Arguments {
    private let words: [String]

    /// - Parameter words: What was typed behind the program's name.
    init(_ words: some Sequence<String>) {
        self.words = Self.joiningNegativeNumbers(Self.splittingRanges(Array(words)))
    }

    /// - Throws: What the parser throws, and `Misuse` for a command or an option that there is not.
    func command() throws -> any ParsableCommand {
        if words.starts(with: ConfigurationHelp.words) { return ConfigurationHelp() }
        let command = try knownCommand()
        do {
            return try Tributary.parseAsRoot(words)
        } catch  where Tributary.exitCode(for: error) == .validationFailure {
            guard let unknown = UnknownOption(in: words, of: command) else { throw error }
            throw Misuse(command: command, error: ValidationError(unknown.sentence))
        }
    }

    /// Such as `tributary data import`.
    static func path(of command: any ParsableCommand.Type) -> String {
        func path(from root: any ParsableCommand.Type) -> [String]? {
            if root == command { return [root._commandName] }
            return root.configuration.subcommands.lazy.compactMap { path(from: $0) }.first.map {
                [root._commandName] + $0
            }
        }
        return (path(from: Tributary.self) ?? []).joined(separator: " ")
    }

    /// The parser knows options of one value, or of as many as follow: `--range 0 255 file` has two.
    private static func splittingRanges(_ words: [String]) -> [String] {
        let end = words.firstIndex(of: "--") ?? words.endIndex
        guard let option = words[..<end].firstIndex(of: "--range"), option + 2 < end,
            [1, 2].allSatisfy({ Double(words[option + $0]) != nil })
        else { return words }
        return words[..<option] + ["--range=\(words[option + 1])", "--range=\(words[option + 2])"]
            + words[(option + 3)...]
    }

    /// The parser takes `-1` for an option, so `--steps -1` would lack its value: with `--steps=-1` it is the value.
    private static func joiningNegativeNumbers(_ words: [String]) -> [String] {
        let end = words.firstIndex(of: "--") ?? words.endIndex
        var result: [String] = []
        for word in words[..<end] {
            if isNegativeNumber(word), let option = result.last, option.hasPrefix("--"), !option.contains("=") {
                result[result.count - 1] = "\(option)=\(word)"
            } else {
                result.append(word)
            }
        }
        return result + words[end...]
    }

    private static func isNegativeNumber(_ word: String) -> Bool {
        guard word.hasPrefix("-"), let next = word.dropFirst().first else { return false }
        return next.isNumber || next == "."
    }

    /// The command that the words begin with. The parser calls a misspelt command a surplus word, and `help` passes it over.
    private func knownCommand() throws -> any ParsableCommand.Type {
        var command: any ParsableCommand.Type = Tributary.self
        var path = command._commandName
        for word in words.first == "help" ? words.dropFirst() : words[...] {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { break }
            guard let next = known.first(where: { $0._commandName == word }) else {
                let error = Self.unknown(word, of: path, known.filter { $0.configuration.shouldDisplay })
                throw Misuse(command: command, error: error)
            }
            command = next
            path += " \(word)"
        }
        return command
    }

    private static func unknown(_ word: String, of path: String, _ known: [any ParsableCommand.Type]) -> ValidationError
    {
        let known = known.map { $0._commandName }
        let suggestion = nearest(to: word, in: known).map { "did you mean `\(path) \($0)`?" }
        return ValidationError(
            "there is no command `\(path) \(word)`; \(suggestion ?? "there are \(known.joined(separator: ", "))")")
    }
}
