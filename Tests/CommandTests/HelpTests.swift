import Foundation
import Testing

/// What `--help` shows can be copied, and a command that there is not is answered with the one that was meant.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct HelpTests {
    @Test func theParserTellsOfAllCommands() {
        #expect(HelpPage.all.count > 20)
        #expect(HelpPage.all.contains { $0.path == ["data", "import"] })
    }

    @Test(arguments: HelpPage.all.filter { !$0.hasSubcommands }) func everyHelpHasAnExample(_ page: HelpPage) throws {
        let help = try Command(program: Command.executable, page.path + ["--help"])
        #expect(help.status == 0)
        #expect(help.output.contains("Example") && help.output.contains("  tributary \(page)"))
    }

    /// A line that the parser breaks is two commands to the shell it is copied into.
    @Test(arguments: HelpPage.all) func examplesCanBeCopiedFromAHelpOf80Columns(_ page: HelpPage) throws {
        let help = try Command(program: Command.executable, page.path + ["--help"])
        let shown = help.output.split(separator: "\n", omittingEmptySubsequences: false)
        var isContinued = false
        for line in page.discussion.split(separator: "\n", omittingEmptySubsequences: false) {
            let isExample = isContinued || ["  tributary ", "  scp "].contains { line.hasPrefix($0) }
            if isExample {
                #expect(shown.contains(line), "\(line)")
                #expect(line.count <= 80)
            } else {
                #expect(!line.hasPrefix("   "), "\(line) goes on with a line that does not end with a backslash")
            }
            isContinued = isExample && line.hasSuffix(" \\")
        }
        #expect(!isContinued)
    }

    @Test(arguments: [
        (["tarin"], "there is no command `tributary tarin`; did you mean `tributary train`?"),
        (
            ["data", "improt", "mnist"],
            "there is no command `tributary data improt`; did you mean `tributary data import`?"
        ),
        (
            ["data", "import", "mnits", "x", "--out", "x.h5"],
            "there is no kind of source called mnits; did you mean mnist?"
        ),
        (["help", "nope"], "there is no command `tributary nope`; there are data, train, coordinator, worker, keys, "),
        (["help", "data", "inpsect"], "did you mean `tributary data inspect`?"),
    ])
    func aCommandThatThereIsNotIsAnsweredWithTheNearest(_ words: [String], _ sentence: String) throws {
        let command = try Command(program: Command.executable, words)
        #expect(command.status == 64 && command.output.isEmpty)
        #expect(command.errors.hasPrefix("Error: ") && command.errors.contains(sentence), "\(command.errors)")
    }

    @Test(arguments: [
        (["train", "--steps", "-1"], "--steps is from 1 to 1000000000, not -1"),
        (["train", "--audit", "-.5"], "--audit is from 0 to 1, not -0.5"),
        (["train", "--shards", "-4", "--steps=-1"], "--steps is from 1 to 1000000000, not -1"),
        (["train", "--seed", "-1"], "The value '-1' is invalid for '--seed <seed>'"),
    ])
    func aNegativeNumberIsAValue(_ words: [String], _ sentence: String) throws {
        let command = try Command(
            program: Command.executable, words + ["--preset", "mlp", "--data", "none.h5", "--out", "none"])
        #expect(command.status == 64 && command.errors.contains(sentence), "\(command.errors)")
    }

    @Test func theHelpOfHelpIsThere() throws {
        for words in [["help"], ["help", "train"], ["help", "help"], ["--help"], []] {
            let command = try Command(program: Command.executable, words)
            #expect(command.status == 0 && command.output.contains("OVERVIEW"), "\(words): \(command.errors)")
        }
        #expect(try Command("--version").output == "0.1.0\n")
    }
}
