import Foundation
import Testing

/// What is said where a run cannot go on as it is asked to.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct ResumeTests {
    /// Whoever names the wrong preset should not wait for data, nor be told about it.
    @Test(arguments: ["faces.h5", "none.h5"]) func anotherPresetIsToldBeforeTheData(_ data: String) throws {
        let bench = try Workbench()
        try #require(bench.train("--steps", "2").status == 0)
        for preset in ["mlp", "face"] {
            let command = try Command(
                "train", "--resume", "--preset", preset, "--data", bench[data], "--out", bench["run"], "--workers", "1")
            let sentence = try #require(command.sentence, "\(command.errors)")
            #expect(sentence.hasPrefix("the run in \(bench["run"]) began with another configuration: "), "\(sentence)")
            #expect(sentence.components(separatedBy: " in the run;").count == 4, "\(sentence)")
        }
    }

    @Test func otherDataIsToldByWhatItHoldsAndNotByHashes() throws {
        let bench = try Workbench()
        try #require(bench.train("--steps", "2").status == 0)
        for (name, words) in [
            ("more", ["--count", "200", "--size", "16"]), ("larger", ["--count", "100", "--size", "20"]),
            ("others", ["--count", "100", "--size", "16", "--seed", "9"]),
        ] {
            let drawn = try Command(
                program: Command.executable,
                ["data", "synthesize", "faces", "--out", bench["\(name).h5"]] + words)
            try #require(drawn.status == 0)
            let command = try Command(
                "train", "--resume", "--data", bench["\(name).h5"], "--out", bench["run"], "--workers", "1", "--steps",
                "3")
            let sentence = try #require(command.sentence, "\(command.errors)")
            #expect(
                sentence.hasPrefix("\(bench["\(name).h5"]) is not what the run in \(bench["run"]) was trained on: "),
                "\(sentence)")
            #expect(sentence.contains("80 images of 16 x 16 x 3 to train on and 10 held out"), "\(sentence)")
            #expect(sentence.hasSuffix("Name the run's own file with --data, or begin a new run in another directory"))
            #expect(sentence.contains("but not the same ones") == (name == "others"), "\(sentence)")
        }
    }

    /// To another path, with other workers and the data elsewhere, as docs/moving.md tells it.
    @Test func aRunThatIsMovedGoesOnToTheSameBits() throws {
        let bench = try Workbench()
        try #require(bench.train("--steps", "6", "--digest-every", "1").status == 0)
        let moved = try Command(
            shell: """
                set -e
                cd \(bench.folder) && mkdir -p there/runs && cp -r run there/runs/faces && cp faces.h5 there/images.h5
                $tributary train --resume --data there/images.h5 --out there/runs/faces --workers 3 --threads 2 --steps 12
                """)
        #expect(moved.status == 0, "\(moved.errors)")
        let stayed = try bench.train("--resume", "--steps", "12", "--digest-every", "1")
        let digest = try #require(stayed.output.split(separator: "\n").first { $0.hasPrefix("digest ") })
        #expect(moved.output.contains(digest), "\(moved.output) \(stayed.output)")
        let status = try Command("status", bench["there/runs/faces"], "--json")
        #expect(status.output.contains(#""step":12"#), "\(status.output)")
    }

    @Test func theBestCheckpointServesWhereAllOthersAreDamaged() throws {
        let bench = try Workbench()
        try #require(bench.train("--steps", "6").status == 0)
        try FileManager.default.copyItem(atPath: bench["run"], toPath: bench["quiet"])
        let (best, newest) = (bench["run/checkpoints/best.h5"], bench["run/checkpoints/step-0000000006.h5"])
        let all = try FileManager.default.contentsOfDirectory(atPath: bench["run/checkpoints"])
        for name in all where name.hasPrefix("step-") { try bench.write("damaged", to: "run/checkpoints/\(name)") }
        let refused = try bench.train("--resume", "--steps", "9")
        #expect(refused.sentence?.hasSuffix(": copy \(best) to \(newest)") == true, "\(refused.errors)")
        try FileManager.default.removeItem(atPath: newest)
        try FileManager.default.copyItem(atPath: best, toPath: newest)
        let resumed = try bench.train("--resume", "--steps", "9")
        let quiet = try Command(
            "train", "--resume", "--data", bench["faces.h5"], "--out", bench["quiet"], "--workers", "1", "--steps", "9")
        let digest = try #require(quiet.output.split(separator: "\n").first { $0.hasPrefix("digest ") })
        #expect(resumed.output.contains(digest), "\(resumed.output) \(resumed.errors)")
    }

    @Test func aRunWhoseCheckpointsAreGoneIsNotBegunAnew() throws {
        let bench = try Workbench()
        try #require(bench.train("--steps", "2").status == 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: bench["run/checkpoints"]) {
            try FileManager.default.removeItem(atPath: bench["run/checkpoints/\(name)"])
        }
        let log = try String(contentsOfFile: bench["run/metrics.jsonl"], encoding: .utf8)
        let command = try bench.train("--steps", "4", "--resume")
        #expect(
            command.sentence
                == "the run in \(bench["run"]) is recorded up to step 2, and no checkpoint is left in \(bench["run"])/checkpoints to go on from: put the checkpoints back, or begin a new run in another directory",
            "\(command.errors)")
        #expect(try String(contentsOfFile: bench["run/metrics.jsonl"], encoding: .utf8) == log)
    }

    /// A run that died before its first checkpoint begins anew.
    @Test func aRunThatNeverReachedACheckpointBegins() throws {
        let bench = try Workbench()
        try #require(bench.train("--steps", "2").status == 0)
        let first = "{\"step\":0,"
        let rows = try String(contentsOfFile: bench["run/digests.jsonl"], encoding: .utf8).split(separator: "\n")
        try bench.write(rows.filter { $0.hasPrefix(first) }.map { "\($0)\n" }.joined(), to: "run/digests.jsonl")
        for name in try FileManager.default.contentsOfDirectory(atPath: bench["run/checkpoints"]) {
            try FileManager.default.removeItem(atPath: bench["run/checkpoints/\(name)"])
        }
        let command = try bench.train("--steps", "2", "--resume")
        #expect(command.status == 0 && command.output.hasPrefix("step        2\n"), "\(command.errors)")
    }
}
