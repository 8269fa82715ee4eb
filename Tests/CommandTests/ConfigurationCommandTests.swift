import Foundation
import Testing

/// Presets for any size, configuration files and their reference, as a user meets them.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct ConfigurationCommandTests {
    @Test(arguments: ["face", "digits"]) func aSizedPresetTrainsAnOddFileAndResumes(_ preset: String) throws {
        let bench = try Workbench()
        let data = bench["odd.h5"]
        let drawn = try Command("data", "synthesize", "faces", "--count", "60", "--size", "21", "--out", data)
        try #require(drawn.status == 0, "\(drawn.errors)")
        let run = ["train", "--data", data, "--out", bench["run"], "--workers", "1"]
        let first = try Command(program: Command.executable, run + ["--preset", preset, "--steps", "2"])
        #expect(first.status == 0 && first.output.hasPrefix("step        2\n"), "\(first.errors)")
        // The run holds the network, whatever the preset would make of other data.
        let configuration = try String(contentsOfFile: bench["run/config.yaml"], encoding: .utf8)
        #expect(configuration.contains("images: {channels: 3, height: 21, width: 21"))
        for more in [["--preset", preset], []] {
            let resumed = try Command(program: Command.executable, run + ["--resume", "--steps", "3"] + more)
            #expect(resumed.status == 0 && resumed.output.hasPrefix("step        3\n"), "\(resumed.errors)")
        }
        let printed = try Command("preset", preset, "--data", data)
        #expect(printed.status == 0 && printed.output.hasPrefix("# \(preset), made for images of 21 x 21 pixels"))
        try bench.write(printed.output, to: "printed.yaml")
        let same = try Command(
            program: Command.executable, run + ["--resume", "--steps", "3", "--config", bench["printed.yaml"]])
        #expect(same.status == 0, "\(same.errors)")
    }

    @Test(arguments: [
        (["face"], 1, "name them with --data FILE.h5, or say --size"),
        (["face", "--size", "9x9"], 1, "16 to 512 pixels a side and 1 to 4 channels, and these images have 9 x 9 x 3"),
        (["face", "--size", "64xx3"], 64, "a size is HEIGHTxWIDTH or HEIGHTxWIDTHxCHANNELS"),
        (["mlp", "--size", "64"], 64, "the preset mlp has one size, so it takes no --size"),
        (["face-65"], 1, "there is no preset called face-65: choose one of face, digits, mlp, "),
    ])
    func aPresetThatCannotBeIsExplained(_ words: [String], _ status: Int32, _ reason: String) throws {
        let command = try Command(program: Command.executable, ["preset"] + words)
        #expect(command.status == status && command.errors.contains(reason), "\(command.errors)")
    }

    @Test func presetsAreListed() throws {
        let command = try Command("preset")
        let lines = command.output.split(separator: "\n")
        #expect(command.status == 0 && lines.count > 10 && lines.allSatisfy { $0.count > 25 })
        #expect(lines.contains { $0.hasPrefix("iwae ") && $0.hasSuffix("(Burda et al. 2016)") })
        #expect(lines.first?.hasPrefix("face ") == true)
        #expect(try Command("preset", "--size", "64x64").status == 64)
    }

    @Test func aModelThatDoesNotFitTheDataIsRefusedWithBothCures() throws {
        let bench = try Workbench()
        let command = try Command(
            "train", "--preset", "face-64", "--microbatch", "4", "--data", bench["faces.h5"], "--out", bench["run"],
            "--workers", "1")
        let sentence = try #require(command.sentence)
        #expect(sentence.contains("3 x 64 x 64") && sentence.contains("3 x 16 x 16"))
        #expect(sentence.contains("--preset face") && sentence.contains("with --size"))
    }

    @Test func theReferenceIsTheDocumentation() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/configuration.md").standardizedFileURL
        let help = try Command("help", "configuration")
        #expect(try help.status == 0 && help.output == String(contentsOf: page, encoding: .utf8))
    }

    @Test func allProblemsOfAFileAreToldBeforeTheOneSentence() throws {
        let bench = try Workbench()
        let text = Workbench.model.replacing("learning_rate", with: "lr").replacing("latents", with: "latent_dim")
        try bench.write(text, to: "bad.yaml")
        let command = try bench.train("--steps", "1", configuration: "bad.yaml")
        let file = bench["bad.yaml"]
        #expect(
            command.errors == """
                \(file), line 7: model: the key latent_dim is unknown; it is called latents here
                \(file), line 13: the key lr is unknown; it is called learning_rate here
                Error: \(file) has 2 problems, told above: `tributary help configuration` says what every key may hold

                """)
        #expect(command.sentence != nil)
    }

    @Test(arguments: [
        (String(repeating: "[", count: 5000), "is nested more than 64 deep"),
        (
            Workbench.model + "---\na: 1\n",
            "has a second document, which begins with `---` in line 18: keep one of them"
        ),
    ])
    func aTextThatIsNoConfigurationIsToldInItsOwnWords(_ text: String, _ reason: String) throws {
        let bench = try Workbench()
        try bench.write(text, to: "bad.yaml")
        let command = try bench.train("--steps", "1", configuration: "bad.yaml")
        #expect(command.sentence == "\(bench["bad.yaml"]) \(reason)", "\(command.errors)")
    }

    @Test func aConfigurationBehindADanglingLinkIsCalledOne() throws {
        let bench = try Workbench()
        try FileManager.default.createSymbolicLink(
            atPath: bench["link.yaml"], withDestinationPath: bench["gone.yaml"])
        let command = try bench.train("--steps", "1", configuration: "link.yaml")
        #expect(
            command.sentence?.hasPrefix("\(bench["link.yaml"]) is a link, and what it leads to is not there") == true)
    }
}
