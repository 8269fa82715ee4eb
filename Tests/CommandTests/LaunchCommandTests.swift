import Foundation
import Testing

@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct LaunchCommandTests {
    /// The files beside the page say what the command prints; the page says which command that is.
    @Test(arguments: ["one-job.sbatch", "elastic.sh"]) func theReadyScriptsAreWhatIsPrinted(_ name: String) throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../cluster/slurm").standardized.path
        let page = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
        let end = " >cluster/slurm/\(name)\n"
        let text = page.replacing("\\\n", with: " ")
        let line = try #require(text.split(separator: "\n").first { ($0 + "\n").hasSuffix(end) })
        let printed = try Command(
            shell: line.replacing("tributary launch", with: "$tributary launch", maxReplacements: 1).dropLast(
                end.count - 1) + "")
        #expect(printed.status == 0, "\(printed.errors)")
        #expect(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) == printed.output)
    }

    private static let slurm = ["launch", "slurm", "--nodes", "2", "--cpus", "1"]
    private static let run = ["--", "--preset", "mlp", "--data", "a.h5", "--out", "none"]

    /// What is typed behind `launch`, where SLURM and RUN are what `slurm` and `run` above hold, and what is answered.
    private static let refusals: KeyValuePairs<String, String> = [
        "SLURM": "say behind -- what to train",
        "SLURM RUN --keys x": "--keys is launch's to say: leave it out behind --",
        "SLURM RUN --listen=x": "--listen is launch's to say",
        "SLURM RUN --stepss 3": "there is no option --stepss; did you mean --steps?",
        "SLURM RUN --steps -3": "--steps is from 1 to 1000000000, not -3",
        "SLURM -- --config - --data a.h5 --out none": "the standard input, which a job does not have",
        "SLURM --time 4h RUN": "--time is as sbatch takes it",
        "SLURM --sbatch A=b RUN": "--sbatch is an option of sbatch",
        "SLURM --partition a;b RUN": "--partition is a name",
        "SLURM --worker-partition b RUN": "--worker-partition is for --elastic",
        "launch slurm --nodes 0 --cpus 1 RUN": "--nodes is from 1 to 10000, not 0",
        "SLURM --partition a --sbatch partition=b RUN": "--sbatch partition=b contradicts",
        "SLURM --sbatch nodes=3 RUN": "--sbatch nodes=3 contradicts",
        "launch ssh hosts --port 65534 RUN": "--port is from 1 to 65533, not 65534",
    ]

    @Test func whatCannotBeLaunchedIsToldBeforeAnythingStarts() throws {
        for (line, sentence) in Self.refusals {
            let words = line.split(separator: " ").flatMap { word -> [String] in
                word == "SLURM" ? Self.slurm : word == "RUN" ? Self.run : [String(word)]
            }
            let command = try Command(program: Command.executable, words)
            #expect(command.status == 64 && command.errors.contains(sentence), "\(line): \(command.errors)")
            #expect(command.output.isEmpty)
        }
    }

    /// Files may be where the job runs and not here; what no machine makes right ends it before anything is printed.
    @Test func aScriptIsPrintedWithWhatThisMachineKnowsOfItsFiles() throws {
        let bench = try Workbench()
        try bench.write("model: 3\n", to: "wrong.yaml")
        func launch(_ line: String) throws -> Command {
            try Command(
                shell: "cd \(bench.folder) && exec $tributary \(Self.slurm.joined(separator: " ")) -- --out run \(line)"
            )
        }
        let elsewhere = try launch("--config there.yaml --data there.h5")
        #expect(elsewhere.status == 0 && elsewhere.output.contains("#SBATCH"), "\(elsewhere.errors)")
        for option in ["--config there.yaml", "--data there.h5"] {
            #expect(elsewhere.errors.contains("warning: \(option) is not on this machine"), "\(elsewhere.errors)")
        }
        let goesOn = try launch("--resume --data faces.h5")
        #expect(goesOn.status == 0 && goesOn.errors.contains("a run in --out run"), "\(goesOn.errors)")
        let here = try launch("--config model.yaml --data faces.h5")
        #expect(here.status == 0 && here.errors.isEmpty, "\(here.errors)")
        for (line, part) in [
            ("--preset face-65 --data there.h5", "there is no preset called face-65"),
            ("--config wrong.yaml --data faces.h5", "wrong.yaml"),
            ("--config model.yaml --data model.yaml", "model.yaml"),
            ("--config model.yaml --data faces.h5 --shards 3", "shards"),
            ("--preset mnist --data faces.h5 --shards 1", "the model takes images of 1 x 28 x 28"),
        ] {
            let command = try launch(line)
            #expect(command.status == 1 && command.errors.contains(part), "\(line): \(command.errors)")
            #expect(command.output.isEmpty)
        }
    }

    @Test func whereThereIsNoSlurmTheSentenceSaysSo() throws {
        let line = "PATH=/nowhere exec $tributary \((Self.slurm + ["--submit"] + Self.run).joined(separator: " "))"
        let command = try Command(shell: line)
        #expect(
            command.errors.hasSuffix(
                "there is no sbatch here: submit where Slurm's commands are, or without --submit print the script\n"),
            "\(command.errors)")
    }

    /// With an `sbatch` that keeps what it gets.
    @Test func whatIsSubmittedIsWhatIsPrinted() throws {
        let bench = try Workbench()
        try bench.write(
            "#!/bin/bash\necho \"$*\" >>\(bench["words"])\ncat >>\(bench["got"])\necho '42;east'\n", to: "sbatch")
        _ = try Command(shell: "chmod +x \(bench["sbatch"])")
        let words = (Self.slurm + Self.run).joined(separator: " ")
        let printed = try Command(shell: "exec $tributary \(words)")
        let submitted = try Command(
            shell: "PATH=\(bench.folder):$PATH exec $tributary \(words.replacing(" -- ", with: " --submit -- "))")
        #expect(submitted.status == 0, "\(submitted.errors)")
        #expect(try String(contentsOfFile: bench["got"], encoding: .utf8) == printed.output)
        #expect(
            submitted.output.contains("follow  tail -F none-42.log")
                && submitted.output.contains("cancel  scancel 42\n"))
        let elastic = try Command(
            shell:
                "PATH=\(bench.folder):$PATH exec $tributary \(words.replacing(" -- ", with: " --elastic --submit -- "))"
        )
        #expect(elastic.status == 0 && elastic.output.contains("cancel       scancel 42 42\n"), "\(elastic.errors)")
        #expect(
            try String(contentsOfFile: bench["words"], encoding: .utf8)
                == "--parsable\n--parsable\n--parsable --dependency=after:42 --export=ALL,COORDINATOR=42\n")
    }

    @Test func aListOfHostsThatCannotBeIsASentence() throws {
        let bench = try Workbench()
        try bench.write("node1 8\n", to: "hosts")
        let line = "cd \(bench.folder) && exec $tributary launch ssh HOSTS \(Self.run.joined(separator: " "))"
        let wrong = try Command(shell: line.replacing("HOSTS", with: "hosts"))
        #expect(
            wrong.sentence?.hasPrefix("hosts, line 1, is no host: \"node1 8\"; a line is ") == true, "\(wrong.errors)")
        let missing = try Command(shell: line.replacing("HOSTS", with: "none"))
        #expect(missing.sentence?.contains("none") == true, "\(missing.errors)")
        #expect(!bench.exists("keys"))
    }
}
