import Foundation
import Testing

/// A trained model goes out, and comes back as the beginning of another run.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct ExportCommandTests {
    @Test func exportedWeightsAreTheBeginningOfAnotherRun() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "3").status == 0)
        let exported = try Command("export", bench["run"], "--data", bench["faces.h5"], "--out", bench["model"])
        #expect(exported.status == 0 && exported.output == bench["model"] + "\n", "\(exported.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: bench["model"]).sorted()
        #expect(
            names == [
                "README.md", "config.json", "decoder.onnx", "encoder.onnx", "model.py", "model.safetensors",
                "samples.png",
            ])
        let card = try String(contentsOfFile: bench["model/README.md"], encoding: .utf8)
        #expect(card.contains("faces drawn by tributary data synthesize"))

        let imported = try Command(
            "import-weights", bench["model/model.safetensors"], "--config", bench["model/config.json"], "--data",
            bench["faces.h5"], "--out", bench["theirs"])
        #expect(imported.status == 0, "\(imported.errors)")
        for run in ["run", "theirs"] {
            let sample = try Command("sample", "--checkpoint", bench[run], "--count", "4", "--out", bench[run + ".png"])
            #expect(sample.status == 0, "\(sample.errors)")
        }
        let pictures = try ["run.png", "theirs.png"].map { try Data(contentsOf: URL(fileURLWithPath: bench[$0])) }
        #expect(pictures[0] == pictures[1])

        let resume = ["train", "--resume", "--data", bench["faces.h5"], "--out", bench["theirs"], "--workers", "1"]
        let trained = try Command(program: Command.executable, resume + ["--steps", "2", "--digest-every", "1"])
        #expect(trained.status == 0, "\(trained.errors)")
        let verify = ["verify-run", bench["theirs"], "--steps", "1..2", "--data", bench["faces.h5"]]
        let verified = try Command(program: Command.executable, verify)
        #expect(verified.status == 0, "\(verified.errors)")
        try FileManager.default.removeItem(atPath: bench["theirs/checkpoints/step-0000000000.h5"])
        let unknown = try Command(program: Command.executable, verify)
        #expect(unknown.sentence?.contains("began with imported weights") == true, "\(unknown.errors)")
    }

    @Test func whatDoesNotFitIsNamed() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "1").status == 0)
        #expect(try Command("export", bench["run"], "--count", "1", "--out", bench["model"]).status == 0)
        try bench.write(Workbench.model.replacingOccurrences(of: "latents: 2", with: "latents: 3"), to: "other.yaml")
        try bench.write("encoder_mean z_mean\n", to: "names.txt")
        try bench.write("encoder_mean\n", to: "bad.txt")
        try bench.write("{}", to: "empty.safetensors")
        try #require(mkfifo(bench["pipe"], 0o600) == 0)
        let file = bench["model/model.safetensors"]
        let cases: [([String], String)] = [
            (
                [file, "--config", bench["other.yaml"]],
                "holds encoder_mean.weight of [2, 16], and the model takes [3, 16]"
            ),
            ([file, "--config", bench["model.yaml"], "--names", bench["names.txt"]], "has no tensor z_mean.weight"),
            (
                [file, "--config", bench["model.yaml"], "--names", bench["bad.txt"]],
                "line 1 of \(bench["bad.txt"]) has 1 words"
            ),
            ([bench.folder, "--config", bench["model.yaml"]], bench.folder),
            ([bench["pipe"], "--config", bench["model.yaml"]], "is a pipe, a socket or a device"),
            ([bench["empty.safetensors"], "--config", bench["model.yaml"]], "is no safetensors file"),
        ]
        for (arguments, sentence) in cases {
            let command = try Command(
                program: Command.executable,
                ["import-weights"] + arguments + ["--data", bench["faces.h5"], "--out", bench["theirs"]])
            #expect(command.sentence?.contains(sentence) == true, "\(command.errors)")
        }
        #expect(!bench.exists("theirs"))
        let average = try Command("export", bench["run"], "--weights", "average", "--out", bench["again"])
        #expect(average.sentence?.contains("keeps no average") == true, "\(average.errors)")
    }
}
