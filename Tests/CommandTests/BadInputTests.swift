import Foundation
import Testing

/// Wrong input ends in one sentence, and leaves nothing behind.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct BadInputTests {
    /// Each makes libhdf5 1.10.8 crash: a freed pointer, a division by zero, an address beyond the file.
    @Test(arguments: ["heap", "division", "address"]) func aFileThatCrashesTheLibraryIsRefused(name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Files").path
        let file = "\(folder)/\(name).h5"
        let inspected = try Command("data", "inspect", file)
        #expect(inspected.sentence?.contains(file) == true, "\(inspected.errors)")
        let bench = try Workbench()
        let trained = try Command(
            "train", "--config", bench["model.yaml"], "--data", file, "--out", bench["run"], "--steps", "1")
        #expect(trained.sentence?.contains(file) == true, "\(trained.errors)")
    }

    /// Its seal fits: somebody made it so.
    @Test func aCheckpointThatCrashesTheLibraryIsSkippedByName() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Files").path
        let bench = try Workbench()
        let trained = try bench.train("--steps", "2", "--digest-every", "1")
        try #require(trained.status == 0, "\(trained.errors)")
        let bad = bench["run/checkpoints/step-0000000900.h5"]
        try FileManager.default.copyItem(atPath: "\(folder)/checkpoint.h5", toPath: bad)
        let sentence = "\(bad) is not opened: the HDF5 library crashed on it"
        #expect(try Command("checkpoint", "inspect", bad).sentence?.hasPrefix(sentence) == true)
        let resumed = try bench.train("--steps", "4", "--digest-every", "1", "--resume")
        let inspected = try Command("checkpoint", "inspect", bench["run"])
        let verified = try Command("verify-run", bench["run"], "--steps", "3..4", "--data", bench["faces.h5"])
        for command in [resumed, inspected] {
            #expect(command.status == 0 && command.errors.contains("skipped a checkpoint: \(sentence)"), "\(command)")
        }
        #expect(verified.status == 0, "\(verified.errors)")
    }

    @Test func aFileThatIsNoDatasetIsNamed() throws {
        let bench = try Workbench()
        try bench.write("", to: "empty")
        try bench.write("these are words", to: "text")
        let whole = try Data(contentsOf: URL(fileURLWithPath: bench["faces.h5"]))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: bench["half"]))
        for (name, reason) in [
            ("missing", "No such file"), ("empty", "not an HDF5 file"), ("text", "not an HDF5 file"),
            ("half", "truncated"),
        ] {
            for command in [try Command("data", "inspect", bench[name]), try bench.train(data: name)] {
                let sentence = command.sentence
                #expect(
                    sentence?.contains(bench[name]) == true && sentence?.contains(reason) == true, "\(command.errors)")
            }
        }
        #expect(!bench.exists("run"))
    }

    @Test(arguments: [
        ("", "is empty"), ("a: [b", "is not YAML"), ("\u{0}", "is not YAML"), ("hello", "expected a group of keys"),
        (Workbench.model + "seed: 4\n", "`seed` appears twice"),
        (Workbench.model.replacing("learning_rate", with: "learnin_rate"), "did you mean learning_rate?"),
        (Workbench.model.replacing("relu", with: "rely"), "did you mean `relu`?"),
        (Workbench.model.replacing("shards: 4", with: "shards: four"), "shards: expected a whole number"),
        (Workbench.model.replacing("shards: 4", with: "shards: 3"), "power of two"),
        (Workbench.model.replacing("squared_error", with: "bernoulli"), "under `bernoulli` a decoder gives logits"),
        (Workbench.model.replacing("  - relu", with: "\t- relu"), "line 6 is indented by a tab"),
        (Workbench.model.replacing("units: 768", with: "units: 767"), "decoder/1/reshape"),
        (Workbench.model.replacing("microbatch: 4", with: "microbatch: 400"), "the training split has 80 examples"),
        (
            Workbench.model.replacing("16, width: 16", with: "8, width: 8").replacing("768", with: "192")
                .replacing("[3, 16, 16]", with: "[3, 8, 8]"), "the model takes images of 3 x 8 x 8"
        ),
    ])
    func aConfigurationThatCannotBeIsExplained(_ text: String, _ reason: String) throws {
        let bench = try Workbench()
        try bench.write(text, to: "bad.yaml")
        let command = try bench.train("--steps", "1", configuration: "bad.yaml")
        #expect(command.sentence?.contains(reason) == true, "\(command.errors)")
        #expect(!bench.exists("run"))
    }

    @Test func greyPixelsUnderBernoulliAreWarnedOfOnce() throws {
        let bench = try Workbench()
        let bernoulli = Workbench.model.replacing("squared_error", with: "bernoulli").replacing(
            "  - sigmoid\n", with: "")
        try bench.write(bernoulli, to: "grey.yaml")
        let command = try bench.train("--steps", "2", configuration: "grey.yaml")
        #expect(command.status == 0, "\(command.errors)")
        #expect(command.errors.components(separatedBy: "warning: about ").count == 2, "\(command.errors)")
        #expect(
            command.errors.contains("pixels are grey, and `bernoulli` is a likelihood of black and white ones only"))
    }

    /// 64 is the exit status of wrong usage.
    @Test(arguments: [
        ["--epochs", "9223372036854775807"], ["--steps", "9223372036854775807"], ["--steps", "0"],
        ["--seed", "18446744073709551615"], ["--shards", "-4"], ["--microbatch", "many"], ["--workers", "1000000"],
        ["--threads", "0"], ["--checkpoint-every", "1e300h"], ["--checkpoint-every", "soon"], ["--digest-every", "0"],
        ["--steps", "1", "--epochs", "1"], ["--preset", "mlp"],
    ])
    func numbersBeyondReasonAreRefused(_ arguments: [String]) throws {
        let folder = "/tmp/tributary-test-none"
        let command = try Command(
            program: Command.executable,
            ["train", "--config", "none.yaml", "--data", "none.h5", "--out", folder] + arguments)
        #expect(command.status == 64, "\(command.errors)")
        #expect(command.errors.hasPrefix("Error: "))
    }

    @Test(arguments: [
        ("tcp://0.0.0.0:7077", "without keys"), ("tcp://127.0.0.1:7077", "without keys"),
        ("127.0.0.1:7077", "is not an address"), ("tcp://127.0.0.1:70777", "is not an address"),
    ])
    func anAddressThatCannotBeIsRefused(_ address: String, _ reason: String) throws {
        let bench = try Workbench()
        let coordinator = try Command(
            "coordinator", "--config", bench["model.yaml"], "--data", bench["faces.h5"], "--out", bench["run"],
            "--listen",
            address)
        for command in [coordinator, try Command("worker", "--connect", address)] {
            #expect(command.sentence?.contains(reason) == true, "\(command.errors)")
            #expect(command.sentence?.contains(address) == true)
        }
        #expect(!bench.exists("run"))
    }

    @Test func aFolderWithoutImagesIsNoSource() throws {
        let bench = try Workbench()
        for kind in ["mnist", "celeba"] {
            let command = try Command("data", "import", kind, bench.folder, "--out", bench["out.h5"])
            #expect(command.sentence?.contains(bench.folder) == true, "\(command.errors)")
        }
        #expect(!bench.exists("out.h5"))
    }

    @Test func whereNothingCanBeWrittenNoWorkIsDone() throws {
        let bench = try Workbench()
        for out in ["", bench.folder, bench["none/out.h5"]] {
            let command = try Command("data", "synthesize", "faces", "--count", "1000000", "--out", out)
            #expect(command.status == 64 && command.errors.hasPrefix("Error: --out "), "\(command.errors)")
        }
    }

    /// A limit on the size of files ends writing as a full disk does.
    @Test func aFullDiskIsASentenceAndLeavesNothing() throws {
        let bench = try Workbench()
        let faces = try Command(
            shell: "ulimit -f 100; exec $tributary data synthesize faces --count 1000 --out \(bench["big.h5"])")
        #expect(faces.sentence?.contains("\(bench["big.h5"]) cannot be written") == true, "\(faces.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: bench.folder).sorted() == ["faces.h5", "model.yaml"])
        let training = try Command(
            shell: """
                ulimit -f 100; exec $tributary train --config \(bench["model.yaml"]) --data \(bench["faces.h5"]) \
                --out \(bench["run"]) --workers 1 --steps 2
                """)
        #expect(training.sentence?.contains("cannot write \(bench["run"])/checkpoints/") == true, "\(training.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench["run/checkpoints"]) == [])
        #expect(try Command(shell: "exec $tributary preset mlp > /dev/full").sentence != nil)
    }

    @Test func aResumeThatConflictsSaysBothValues() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "2").status == 0)
        for (option, value, stored) in [("--seed", "9", "3"), ("--shards", "2", "4"), ("--microbatch", "2", "4")] {
            let command = try bench.train("--resume", "--steps", "4", option, value)
            let values = "\(option.dropFirst(2)) is \(value) here and \(stored) in the run"
            #expect(command.sentence?.contains(values) == true, "\(command.errors)")
        }
        #expect(try bench.train("--steps", "4").sentence?.contains("--resume") == true)
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "2").status == 0)
        let newest = bench["run/checkpoints/step-0000000002.h5"]
        try Data(contentsOf: URL(fileURLWithPath: newest)).prefix(3000).write(to: URL(fileURLWithPath: newest))
        #expect(try Command("checkpoint", "digest", newest).sentence?.contains("\(newest) is damaged") == true)
        #expect(try Command("checkpoint", "verify", newest).status == 1)
        let resumed = try bench.train("--resume", "--steps", "2")
        #expect(resumed.status == 0 && resumed.errors.contains("\(newest) is damaged"), "\(resumed.errors)")
    }

    @Test func aCheckpointOfAnotherRunIsRefused() throws {
        let (bench, other) = (try Workbench(), try Workbench())
        #expect(try bench.train("--steps", "1").status == 0)
        #expect(try other.train("--steps", "2").status == 0)
        let foreign = bench["run/checkpoints/step-0000000002.h5"]
        try FileManager.default.copyItem(atPath: other["run/checkpoints/step-0000000002.h5"], toPath: foreign)
        let refused = try bench.train("--resume", "--steps", "3")
        #expect(refused.status == 1 && refused.sentence?.contains("\(foreign) is of run ") == true, "\(refused.errors)")
        try FileManager.default.removeItem(atPath: foreign)
        #expect(try bench.train("--resume", "--steps", "3").status == 0)
    }
}
