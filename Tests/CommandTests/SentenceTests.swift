import Foundation
import Storage
import Testing

/// What is said of files that are not what they should be: which file, what is wrong with it, what to do.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct SentenceTests {
    /// The terminal's own beginning of a command, the end of its line, and a letter that turns the direction of the text.
    private static let hostile = "\u{1B}]0;owned\u{7}\r\u{202E}"
    private static let shown = #"\u001b]0;owned\u0007\u000d\u202e"#

    private static func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || ![.control, .format].contains(scalar.properties.generalCategory)
        }
    }

    @Test func namesFromFilesDoNotCommandTheTerminal() throws {
        let bench = try Workbench()
        do {
            try bench.write("", to: "named.h5")
            let file = try File.create(over: bench["named.h5"])
            try file.root.write("images", [UInt8](repeating: 7, count: 2 * 48), shape: [2, 3, 4, 4])
            try file.root.setAttribute("note\(Self.hostile)", "text\(Self.hostile)")
        }
        try bench.write(Workbench.model + #""a\e]0;owned\a\r\u202E": 1"#, to: "bad.yaml")
        let commands = [
            try Command("data", "inspect", bench["named.h5"]),
            try Command("data", "inspect", bench["no\(Self.hostile)"]),
            try bench.train("--steps", "1", configuration: "bad.yaml"),
            try Command("no\(Self.hostile)"), try Command("preset", Self.hostile),
        ]
        for command in commands {
            let text = command.output + command.errors
            #expect(text.contains(Self.shown), "\(text)")
            #expect(Self.isHarmless(text))
        }
        #expect(commands[0].output.contains("note\(Self.shown)") && commands[0].output.contains("text\(Self.shown)"))
        #expect(commands[1].sentence?.contains("no\(Self.shown)") == true)
        let inspected = try Command("data", "inspect", bench["named.h5"], "--json")
        let object = try JSONSerialization.jsonObject(with: Data(inspected.output.utf8)) as? [String: Any]
        let attributes = try #require(object?["attributes"] as? [String: String])
        #expect(attributes == ["note\(Self.hostile)": "text\(Self.hostile)"])
        #expect(Self.isHarmless(inspected.output))
    }

    /// A name with a newline is not to look like a line of its own.
    @Test func aMessageIsOneLine() throws {
        let command = try Command("data", "inspect", "no\nError: all is lost")
        #expect(command.sentence?.contains(#"no\u000aError: all is lost"#) == true, "\(command.errors)")
    }

    @Test func theCheckpointsOfARunAreAllVerified() throws {
        let bench = try Workbench()
        try #require(bench.train("--steps", "2").status == 0)
        let (old, new) = (bench["run/checkpoints/step-0000000000.h5"], bench["run/checkpoints/step-0000000002.h5"])
        let best = bench["run/checkpoints/best.h5"]
        let whole = try Command("checkpoint", "verify", bench["run"])
        let lines = whole.output.split(separator: "\n")
        #expect(whole.status == 0 && lines.count == 3 && lines.first == "\(old): whole, step 0", "\(whole)")
        for (line, file) in zip(lines.dropFirst(), [new, best]) {
            #expect(line.hasPrefix("\(file): whole, step 2, held-out -ELBO ") && line.hasSuffix(" nats"), "\(whole)")
        }
        try Data(contentsOf: URL(fileURLWithPath: new)).prefix(3000).write(to: URL(fileURLWithPath: new))
        let broken = try Command("checkpoint", "verify", bench["run"])
        #expect(broken.status == 1, "\(broken)")
        #expect(broken.output.hasPrefix("\(old): whole, step 0\n\(new) is damaged: "), "\(broken)")
        try FileManager.default.moveItem(atPath: old, toPath: bench["run/checkpoints/step-0000000001.h5"])
        #expect(try Command("checkpoint", "verify", bench["run"]).output.contains("not of the step in its name"))
    }

    @Test(arguments: [
        ["checkpoint", "verify"], ["checkpoint", "inspect"], ["checkpoint", "digest"],
        ["verify-run", "--steps", "0..1", "--data", "none.h5"],
    ])
    func aDirectoryWithoutARunIsCalledOne(_ words: [String]) throws {
        let bench = try Workbench()
        let command = try Command(program: Command.executable, words + [bench.folder])
        let text = command.output + command.errors
        #expect(command.status == 1 && text.contains("there is no run in \(bench.folder): name the "), "\(text)")
        let missing = try Command(program: Command.executable, words + [bench["nosuch"]])
        #expect(missing.status == 1 && (missing.output + missing.errors).contains(bench["nosuch"]), "\(missing)")
    }

    @Test func aResumeNeedsNoConfiguration() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "2", "--seed", "5").status == 0)
        let run = ["train", "--data", bench["faces.h5"], "--out", bench["run"], "--workers", "1"]
        let resumed = try Command(program: Command.executable, run + ["--resume", "--steps", "3"])
        #expect(resumed.status == 0 && resumed.output.hasPrefix("step        3\n"), "\(resumed.errors)")
        let other = try Command(program: Command.executable, run + ["--resume", "--preset", "mlp"])
        #expect(other.sentence != nil, "\(other.errors)")
        let unknown = try Command(
            "train", "--data", bench["faces.h5"], "--out", bench["none"], "--workers", "1", "--resume")
        #expect(
            unknown.sentence
                == "there is no run in \(bench["none"]) to go on with: name --preset or --config to begin one")
        #expect(!bench.exists("none"))
        let unnamed = try Command(program: Command.executable, run)
        #expect(unnamed.status == 64 && unnamed.errors.contains("name one of --preset and --config"))
    }

    @Test func anotherConfigurationIsToldInThreeDifferences() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "2").status == 0)
        let other = Workbench.model.replacing("units: 16", with: "units: 8").replacing("0.001", with: "0.1")
            .replacing("latents: 2", with: "latents: 3").replacing("seed: 3", with: "seed: 4")
        try bench.write(other, to: "other.yaml")
        let command = try bench.train("--resume", configuration: "other.yaml")
        let sentence = try #require(command.sentence)
        #expect(sentence.hasPrefix("the run in \(bench["run"]) began with another configuration: "), "\(sentence)")
        #expect(sentence.components(separatedBy: " in the run").count == 4, "\(sentence)")
        #expect(sentence.contains("learning_rate is 0.1 here and 0.001 in the run"), "\(sentence)")
        #expect(sentence.contains("and 1 more. Leave out the options that differ"), "\(sentence)")
    }

    @Test func aLinkThatLeadsNowhereIsCalledOne() throws {
        let bench = try Workbench()
        let link = bench["link.h5"]
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bench["gone.h5"])
        for command in [
            try Command("data", "inspect", link), try Command("checkpoint", "inspect", link),
            try bench.train("--steps", "1", data: "link.h5"),
        ] {
            let sentence = command.sentence
            #expect(sentence?.hasPrefix("\(link) is a link, and what it leads to is not there") == true, "\(command)")
        }
    }

    @Test func anAuditThatCheckedNothingSaysSoAtTheEnd() throws {
        let bench = try Workbench()
        let alone = try bench.train("--steps", "3", "--audit", "1")
        let sentence = "warning: --audit checked nothing: there was no second worker to compute any of the "
        #expect(alone.status == 0 && alone.errors.contains(sentence), "\(alone.errors)")
        let tiny = try bench.train("--steps", "4", "--resume", "--audit", "1e-12")
        #expect(tiny.errors.contains("--audit checked nothing: it chose no work in the steps"), "\(tiny.errors)")
        let none = try bench.train("--steps", "5", "--resume")
        #expect(none.status == 0 && !none.errors.contains("--audit"), "\(none.errors)")
    }

    @Test(arguments: [(40, 1), (100, 64)]) func tooFewOpenFilesAreASentence(_ limit: Int, _ workers: Int) throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                for number in /proc/self/fd/*; do number=${number##*/}; [ $number -lt 3 ] || eval "exec $number>&-"; done
                ulimit -n \(limit)
                exec $tributary train --config \(bench["model.yaml"]) --data \(bench["faces.h5"]) --out \(bench["run"]) \
                --workers \(workers) --steps 1
                """)
        let sentence = "this process may have only \(limit) files open and needs "
        #expect(command.sentence?.hasPrefix(sentence) == true, "\(command.errors)")
        #expect(command.sentence?.contains("ulimit -n") == true)
    }

    /// Root may read everything, so somebody else does this.
    @Test(.enabled(if: getuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"), "no setpriv"))
    func keysThatMayNotBeReadAreNotCalledMissing() throws {
        let bench = try Workbench()
        let user = getuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups" : ""
        let command = try Command(
            shell: """
                chmod 755 \(bench.folder)
                $tributary keys new \(bench["keys"]) > /dev/null && chmod \(getuid() == 0 ? 700 : 0) \(bench["keys"])
                for role in 'coordinator --preset mlp --data x --out \(bench["run"]) --listen' 'worker --connect'; do
                    \(user) $tributary $role tcp://127.0.0.1:7077 --keys \(bench["keys"])
                done
                chmod 700 \(bench["keys"])
                """)
        let lines = command.errors.split(separator: "\n")
        #expect(lines.count == 2, "\(command.errors)")
        for (line, file) in zip(lines, ["coordinator.key", "worker.key"]) {
            #expect(
                line
                    == "Error: cannot open \(bench["keys"])/\(file): Permission denied; check the permissions of the file and its folders"
            )
        }
    }
}
