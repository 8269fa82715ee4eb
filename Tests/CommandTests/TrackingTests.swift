import Foundation
import Testing

/// What shows a run while it goes on and afterwards.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct TrackingTests {
    @Test func aRunLeavesEventsForTensorBoardAlsoWhereItGoesOn() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "3").status == 0)
        #expect(try bench.train("--steps", "5", "--resume").status == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: bench["run/tensorboard"]).sorted()
        #expect(files.count == 2 && files.allSatisfy { $0.hasPrefix("events.out.tfevents.") })
        let sizes = try files.map { name in
            try Data(contentsOf: URL(fileURLWithPath: bench["run/tensorboard/\(name)"])).count
        }
        #expect(sizes.allSatisfy { $0 > 1000 })
    }

    @Test func whereNoEventsCanBeWrittenTheRunGoesOn() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "2").status == 0)
        try FileManager.default.removeItem(atPath: bench["run/tensorboard"])
        try bench.write("mine", to: "run/tensorboard")
        let run = try bench.train("--steps", "4", "--resume")
        #expect(run.status == 0 && run.output.hasPrefix("step        4\n"))
        #expect(run.errors.contains("warning: TensorBoard's files in \(bench["run/tensorboard"]) lack what is new"))
        #expect(try String(contentsOfFile: bench["run/tensorboard"], encoding: .utf8) == "mine")
    }

    @Test func theStatusOfARunIsToldWithoutTouchingIt() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "3").status == 0)
        let lock = try Data(contentsOf: URL(fileURLWithPath: bench["run/lock"]))
        let status = try Command("status", bench["run"])
        #expect(status.status == 0, "\(status.errors)")
        for part in [
            "no process holds it; its newest checkpoint has 3 of the ", "step             3, in epoch 1",
            "(reconstruction ", "best checkpoint  \(bench["run"])",
            "images of 16 x 16 x 3, 2 latents", "checkpoints/step-0000000003.h5",
        ] {
            #expect(status.output.contains(part), "\(part) in \(status.output)")
        }
        #expect(try Command("status", bench["run"], "--json").output.contains(#""finished":false"#))
        #expect(try Data(contentsOf: URL(fileURLWithPath: bench["run/lock"])) == lock)
        #expect(try bench.train("--epochs", "1", "--resume").status == 0)
        #expect(try Command("status", bench["run"]).output.contains("finished: it has all "))
        #expect(try Command("status", bench.folder).sentence?.contains("there is no run in \(bench.folder)") == true)
    }

    @Test func theStatusOfALivingRunNamesItsProcess() throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                $tributary train --config \(bench["model.yaml"]) --data \(bench["faces.h5"]) --out \(bench["run"]) \
                --workers 1 --steps 1000000 2> \(bench["log"]) & run=$!
                until_true 'grep -q \"train\" \(bench["run/metrics.jsonl"]) 2> /dev/null' $run
                $tributary status \(bench["run"]) --json && echo $run
                kill -INT $run; wait $run; [ $? = 130 ]
                """)
        let lines = command.output.split(separator: "\n")
        #expect(command.status == 0 && lines.count >= 2, "\(command.errors)")
        let status = try #require(JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
        #expect(status["running"] as? Bool == true && "\(status["process"] ?? "")" == lines[1])
        #expect((status["address"] as? String)?.hasPrefix("ipc://") == true && (status["step"] as? Int ?? 0) > 0)
    }

    @Test func aTableHasEachRowOfTheRecord() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "3").status == 0)
        let table = try Command("metrics", bench["run"])
        let record = try String(contentsOfFile: bench["run/metrics.jsonl"], encoding: .utf8)
        #expect(table.status == 0 && table.output.hasPrefix("step,epoch,split,negative_elbo,"))
        #expect(table.output.split(separator: "\n").count == record.split(separator: "\n").count + 1)
    }

    @Test func runsAreComparedByWhatDiffersAndWhatCameOfIt() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "3").status == 0)
        try FileManager.default.moveItem(atPath: bench["run"], toPath: bench["slow"])
        #expect(try bench.train("--steps", "3", "--seed", "4").status == 0)
        let table = try Command("compare", bench["slow"], bench["run"], "--out", bench["plot.png"])
        #expect(table.status == 0 && bench.exists("plot.png"), "\(table.errors)")
        let rows = table.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.contains { $0.count == 3 && $0[0] == "seed" && Set($0.dropFirst()) == ["3", "4"] })
        #expect(!rows.contains { $0.first == "shards" } && rows.contains { $0.first == "held-out" })
        #expect(try Command("compare", bench["run"]).status == 64)
        // As where a shell names all that is in a folder.
        try bench.write("", to: "notes.log")
        let all = try Command("compare", bench["notes.log"], bench["run"], bench["slow"])
        #expect(all.status == 0 && all.errors.contains("notes.log is left out: it is not a run"), "\(all.errors)")
        #expect(try Command("compare", bench["notes.log"], bench["run"]).status != 0)
    }

    @Test func aReportIsOnePageThatNeedsNothingElse() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "3").status == 0)
        #expect(try Command("report", bench["run"], "--out", bench["page.html"]).status == 0)
        let page = try String(contentsOfFile: bench["page.html"], encoding: .utf8)
        let digest = try Command("checkpoint", "digest", bench["run"]).output.dropLast()
        for part in [
            "data:image/png;base64,", "<polyline", "Samples from the prior", "\(digest)", "divergence_weight: 1",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("src=\"/"))
    }

    @Test func whoWantsQuietHearsWarningsAlone() throws {
        let bench = try Workbench()
        let run = try bench.train("--steps", "3", "--quiet")
        #expect(run.status == 0 && run.output.hasPrefix("step        3\n"))
        #expect(run.errors.isEmpty, "\(run.errors)")
        #expect(try bench.train("--steps", "3", "--quiet").errors.contains("is not empty"))
    }

    @Test func aLogGetsAllMessagesAndGrows() throws {
        let bench = try Workbench()
        try bench.write("kept\n", to: "run.log")
        let run = try bench.train("--steps", "3", "--quiet", "--log", bench["run.log"])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let log = try String(contentsOfFile: bench["run.log"], encoding: .utf8)
        #expect(log.hasPrefix("kept\n0:0"))
        for part in ["begins: ", "worker-1 joined", "step 3/3: -ELBO", "held-out -ELBO", "pictures: "] {
            #expect(log.contains(part), "\(part) in \(log)")
        }
        for name in ["model.yaml", "run/metrics.jsonl", "none/run.log"] {
            let refused = try bench.train("--steps", "4", "--resume", "--log", bench[name])
            #expect(
                refused.status == 64 && refused.errors.contains("Error: --log \(bench[name]) is "), "\(refused.errors)")
        }
    }

    @Test func termsAreNamed() throws {
        let bench = try Workbench()
        let run = try bench.train("--steps", "3")
        let lines = run.errors.split(separator: "\n")
        let term = /-ELBO [\d.]+ nats \(reconstruction [\d.]+ \+ divergence [\d.]+\)/
        for part in ["step 3/3: ", "held-out "] {
            #expect(lines.contains { $0.contains(part) && $0.firstMatch(of: term) != nil }, "\(run.errors)")
        }
    }
}
