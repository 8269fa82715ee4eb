import Foundation
import Testing

/// Wrong usage is answered with why, with what was meant, and with the usage of the command that was typed.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct UsageTests {
    @Test(arguments: [
        (["--seed", "-3"], "is invalid for '--seed <seed>': a seed is a whole number from 0 to 2^63 - 1"),
        (["--seed", "9223372036854775808"], "a seed is a whole number from 0 to 2^63 - 1"),
        (["--memory", "8"], "is invalid for '--memory <memory>': an amount of memory is a number with M or G"),
        (["--checkpoint-every", "0s"], "a time is a number above 0 with s, m or h, such as 30s, 5m or 1h"),
    ])
    func aValueIsRefusedWithAReason(_ words: [String], _ reason: String) throws {
        let command = try Command(
            program: Command.executable, ["train", "--preset", "mlp", "--data", "none.h5", "--out", "none"] + words)
        #expect(command.status == 64 && command.errors.contains(reason), "\(command.errors)")
    }

    @Test func otherCommandsSayTheReasonToo() throws {
        let verify = try Command("verify-run", "none", "--data", "none.h5", "--steps", "60..1")
        #expect(
            verify.status == 64 && verify.errors.contains("steps are FIRST..LAST, the smaller first, such as 600..630"))
        let worker = try Command("worker", "--connect", "ipc:///none", "--wait", "soon")
        #expect(worker.status == 64 && worker.errors.contains("a time is a number above 0"), "\(worker.errors)")
        let sample = try Command("sample", "--checkpoint", "none", "--out", "none.png", "--seed", "x")
        #expect(sample.status == 64 && sample.errors.contains("a seed is a whole number"), "\(sample.errors)")
    }

    /// The parser would call `--preset` missing.
    @Test(arguments: [
        (
            ["train", "--presett", "mlp", "--data", "x", "--out", "y"],
            "there is no option --presett; did you mean --preset?"
        ),
        (["train", "--conifg", "a.yaml", "--out", "y"], "there is no option --conifg; did you mean --config?"),
        (["data", "inspect", "--jsom=1", "x"], "there is no option --jsom; did you mean --json?"),
        (["sample", "--zzzzzzzzzz"], "there is no option --zzzzzzzzzz"),
    ])
    func aMisspeltOptionIsAnsweredWithTheNearest(_ words: [String], _ sentence: String) throws {
        let command = try Command(program: Command.executable, words)
        #expect(command.status == 64 && command.errors.hasPrefix("Error: \(sentence)\n"), "\(command.errors)")
    }

    @Test(arguments: [
        (["data", "improt"], "Usage: tributary data <subcommand>\n  See 'tributary data --help'"),
        (["train", "--presett", "mlp"], "Usage: tributary train "),
        (["sample", "--checkpoint", "x", "--out", "a.h5"], "Usage: tributary sample "),
        (["data", "synthesize", "faces", "--count", "10", "--out", "/tmp"], "Usage: tributary data synthesize faces "),
    ])
    func theUsageIsThatOfTheCommand(_ words: [String], _ usage: String) throws {
        let command = try Command(program: Command.executable, words)
        #expect(command.status == 64 && command.errors.contains("\n\(usage)"), "\(command.errors)")
        #expect(!command.errors.contains("tributary <subcommand>"))
    }

    /// What a command finds wrong only when it runs.
    @Test func theUsageIsThatOfTheCommandWhenItRuns() throws {
        let bench = try Workbench()
        try FileManager.default.createDirectory(atPath: bench["a.h5"], withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: bench["b.png"], withDestinationPath: bench["model.yaml"])
        let command = try Command("sample", "--checkpoint", bench["faces.h5"], "--out", bench["b.png"])
        #expect(command.errors.contains("\nUsage: tributary sample "), "\(command.errors)")
    }

    @Test func aRunTakesADirectory() throws {
        let bench = try Workbench()
        let command = try Command(
            "train", "--preset", "mlp", "--data", bench["faces.h5"], "--out", bench["model.yaml"])
        let sentence = "Error: --out \(bench["model.yaml"]) is a file, and a run takes a directory: name one\n"
        #expect(command.status == 64 && command.errors.hasPrefix(sentence), "\(command.errors)")
    }
}
