import Foundation
import Testing

/// What a user sees: helps, results for scripts, the progress bar, and no process left over.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct UserTests {
    @Test(arguments: ["train", "coordinator", "worker"])
    func helpsOfWhateverTrainsNameTheExitCodes(_ name: String) throws {
        let help = try Command(name, "--help").output.split { $0 == "\n" || $0 == " " }.joined(separator: " ")
        let codes = [
            "0 when", "1 after", "64 when", "128 + n when", "130 for SIGINT", "143 for SIGTERM", "138 for SIGUSR1",
        ]
        for code in codes + (name == "worker" ? ["77 when"] : []) { #expect(help.contains(code), "\(code) in \(help)") }
    }

    @Test func resultsForScriptsAreJSON() throws {
        let bench = try Workbench()
        func keys(_ command: Command) throws -> Set<String> {
            try #require(command.status == 0, "\(command.errors)")
            let object = try JSONSerialization.jsonObject(with: Data(command.output.utf8))
            return Set(try #require(object as? [String: Any]).keys)
        }
        #expect(try keys(bench.train("--steps", "2", "--json")) == ["completed", "step", "digest", "checkpoint"])
        #expect(try keys(Command("data", "inspect", bench["faces.h5"], "--json")).isSuperset(of: ["count", "splits"]))
        #expect(try keys(Command("checkpoint", "inspect", bench["run"], "--json")).isSuperset(of: ["step", "digest"]))
        let evaluation = try Command(
            "evaluate", "--checkpoint", bench["run"], "--data", bench["faces.h5"], "--json")
        #expect(try keys(evaluation).isSuperset(of: ["negative_elbo", "reconstruction", "divergence", "split"]))
    }

    @Test func theKeysOfResultsAreThoseOfTheDocumentation() throws {
        let bench = try Workbench()
        let documented = try Self.documentedKeys()
        let data = ["--data", bench["faces.h5"], "--json"]
        let run = ["--config", bench["model.yaml"], "--out", bench["run"], "--workers", "1", "--steps", "2"]
        for (command, words) in [
            ("train", run + ["--digest-every", "1"] + data),
            (
                "evaluate",
                ["--checkpoint", bench["run"], "--nll", "importance", "--samples", "4", "--repeats", "2"]
                    + ["--refine", "2"] + data
            ),
            ("checkpoint inspect", [bench["run"], "--json"]), ("verify-run", [bench["run"], "--steps", "1..2"] + data),
            ("data inspect", [bench["faces.h5"], "--json"]), ("status", [bench["run"], "--json"]),
            ("compare", [bench["run"], bench["run"], "--json"]),
        ] {
            let result = try Command(
                program: Command.executable, command.split(separator: " ").map(String.init) + words)
            let found = try Self.keys(JSONSerialization.jsonObject(with: Data(result.output.utf8)))
            let known = try #require(documented[command])
            #expect(!found.isEmpty && found.isSubset(of: known), "\(command): \(found.subtracting(known))")
            #expect(found.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } }, "\(found)")
        }
    }

    /// The keys in backquotes of each command's row in `docs/json.md`.
    private static func documentedKeys() throws -> [String: Set<String>] {
        let path = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../docs/json.md").standardizedFileURL
        var keys: [String: Set<String>] = [:]
        for row in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") where row.hasPrefix("| `") {
            let cells = row.split(separator: "|").map { cell in
                cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
                    .map { String($0.element) }
            }
            for command in cells[0] { keys[command] = Set(cells[1]) }
        }
        return keys
    }

    /// All keys of a value, those within others too, besides the names that a file gives its attributes.
    private static func keys(_ value: Any) -> Set<String> {
        switch value {
        case let list as [Any]: Set(list.flatMap(keys))
        case let object as [String: Any]:
            Set(object.keys).union(object.filter { $0.key != "attributes" }.values.flatMap(keys))
        default: []
        }
    }

    @Test func aRunIsVerifiedAgainstItsRecord() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "6", "--digest-every", "2").status == 0)
        func verify(_ steps: String, _ more: String...) throws -> Command {
            try Command(
                program: Command.executable,
                ["verify-run", bench["run"], "--steps", steps, "--data", bench["faces.h5"]] + more)
        }
        let equal = try verify("1..6")
        #expect(equal.status == 0 && equal.output.contains("all 3 recorded digests came out equal"), "\(equal.errors)")
        #expect(try verify("1..9").output.hasPrefix("steps 1..6 of run "))
        #expect(try verify("7..9").sentence?.contains("has no row from step 7 to 9") == true)
        #expect(try verify("6..1").status == 64)
        // The state before the first step serves where no older checkpoint is whole.
        try bench.write("damaged", to: "run/checkpoints/step-0000000001.h5")
        let older = try verify("2..6")
        #expect(older.status == 0 && older.output.contains("computed from step 0"), "\(older.errors)")
        let log = try String(contentsOfFile: bench["run/digests.jsonl"], encoding: .utf8)
        try bench.write(
            log.replacing(#"{"step":4,"digest":""#, with: #"{"step":4,"digest":"0"#), to: "run/digests.jsonl")
        let differs = try verify("1..6", "--json")
        #expect(
            differs.status == 2 && differs.output.contains(#""difference":{"#), "\(differs.output)\(differs.errors)")
    }

    @Test func aProfileComesBeforeTheTraining() throws {
        let bench = try Workbench()
        let run = try bench.train("--steps", "1", "--profile")
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("step        1\n"), "the result alone goes to standard output")
        let table = try #require(run.errors.firstRange(of: "of peak"))
        let training = try #require(run.errors.firstRange(of: "begins: "))
        #expect(table.lowerBound < training.lowerBound)
    }

    @Test func aFinishedRunSaysThatItIs() throws {
        let bench = try Workbench()
        let first = try bench.train("--steps", "2")
        let second = try bench.train("--steps", "2", "--resume")
        #expect(second.status == 0 && second.output == first.output)
        #expect(second.errors.contains("has 2 steps already"))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "there is no script command"))
    func theProgressBarKeepsToItsRow() throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                exec script -qec 'stty cols 80; exec $tributary train --config \(bench["model.yaml"]) \
                --data \(bench["faces.h5"]) --out \(bench["run"]) --workers 1 --steps 40' /dev/null
                """)
        let bars = command.output.split { $0 == "\r" || $0 == "\n" || $0 == "\r\n" }.filter {
            $0.contains("-ELBO") && $0.contains("img/s")
        }
        #expect(!bars.isEmpty, "\(command.output)")
        #expect(bars.allSatisfy { $0.replacing("\u{1B}[K", with: "").count < 80 })
        #expect(command.output.contains("\u{1B}[Kstep "), "the result follows the bar in its row")
    }

    /// The command that it names joins.
    @Test func whoWantsNoWorkersLearnsHowToStartOne() throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                $tributary train --config \(bench["model.yaml"]) --data \(bench["faces.h5"]) --out \(bench["run"]) \
                --workers 0 --steps 2 2> \(bench["log"]) & coordinator=$!
                until_true "grep -q 'start one with: ' \(bench["log"])" $coordinator
                $tributary $(sed -n 's/.*start one with: tributary //p' \(bench["log"])) --threads 1 --wait 20m || exit 2
                wait $coordinator
                """)
        #expect(command.status == 0, "\(command.errors)")
    }

    @Test func messagesThatNobodyTakesEndNoRun() throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                exec $tributary train --config \(bench["model.yaml"]) --data \(bench["faces.h5"]) --out \(bench["run"]) \
                --workers 1 --steps 2 2> /dev/full
                """)
        #expect(command.status == 0)
    }

    @Test func workersEndWithTheirKilledCoordinator() throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                $tributary train --config \(bench["model.yaml"]) --data \(bench["faces.h5"]) --out \(bench["run"]) \
                --workers 2 --steps 1000000 2> \(bench["log"]) &
                coordinator=$!
                until_true "grep -q 'workers: 2' \(bench["log"])" $coordinator
                workers=$(grep -o 'process [0-9]*' \(bench["log"]) | cut -d' ' -f2)
                kill -9 $coordinator
                for worker in $workers; do until_gone $worker; done
                """)
        #expect(command.status == 0, "\(command.errors)")
    }

    @Test func aFrozenWorkerHoldsNobodyUp() throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                $tributary train --config \(bench["model.yaml"]) --data \(bench["faces.h5"]) --out \(bench["run"]) \
                --workers 2 --steps 1000000 2> \(bench["log"]) &
                coordinator=$!
                until_true "grep -q 'workers: 2' \(bench["log"])" $coordinator
                worker=$(grep -o 'process [0-9]*' \(bench["log"]) | cut -d' ' -f2 | head -n 1)
                kill -STOP $worker
                kill -INT $coordinator
                until_gone $coordinator 60
                kill -9 $worker 2> /dev/null && exit 2
                wait $coordinator
                """)
        #expect(command.status == 130, "\(command.errors)")
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func anInterruptedWorkerExitsAsAShellExpects(_ signal: Int32, _ status: Int32) throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                $tributary worker --connect ipc://\(bench["nobody"]) --threads 1 --wait 20m 2> \(bench["log"]) & worker=$!
                until_true "grep -q 'no coordinator has answered' \(bench["log"])" $worker
                kill -\(signal) $worker
                wait $worker
                """)
        #expect(command.status == status, "\(command.errors)")
    }
}
