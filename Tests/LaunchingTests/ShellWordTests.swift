import Foundation
import Launching
import Testing

/// What is quoted here is what a shell gives back.
struct ShellWordTests {
    @Test(arguments: [
        ("runs/faces", "runs/faces"), ("--steps=100", "--steps=100"), ("", "''"), ("my faces.h5", "'my faces.h5'"),
        ("it's", #"'it'\''s'"#), ("~/x", "'~/x'"), ("a\nb'\\", #"$'a\x0ab\'\\'"#), ("\u{202E}1", #"$'\xe2\x80\xae1'"#),
    ])
    func wordsAreQuotedWhereTheyMustBe(_ word: String, _ quoted: String) {
        #expect(word.shellWord == quoted)
    }

    /// Everything that a shell treats as its own, beside each other and alone.
    @Test func bashGivesBackWhatWasQuoted() throws {
        let special = Array(" \t\n!\"#$&'()*;<>?[\\]^`{|}~=%é\u{1}0a").map(String.init)
        let words =
            [""] + special + special.map { "a\($0)b" } + special.map { "\($0)\($0)" } + [
                "$(id)", "\\\nCOORDINATOR\nWORKERS\n",
            ]
        let line = "printf '%s\\0' " + words.map(\.shellWord).joined(separator: " ")
        #expect(!line.contains("\n"))
        #expect(try Shell.output(of: line) == words.map { $0 + "\0" }.joined())
    }
}

/// bash, which is what the scripts are for.
enum Shell {
    static func output(of line: String, arguments: [String] = []) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line] + arguments
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
