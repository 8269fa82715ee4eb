import Foundation
import Storage
import Testing

/// What can be done with a trained model's latents, as a user does it.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct LatentCommandTests {
    /// Drawn faces with their attributes and a trained model of two latents, shared by all tests.
    private static let shared: Workbench? = {
        guard let bench = try? Workbench(), let trained = try? bench.train(), trained.status == 0 else { return nil }
        return bench
    }()

    private let bench: Workbench
    /// Where a test writes.
    private let place: String

    init() throws {
        bench = try #require(Self.shared)
        place = bench["\(UInt64.random(in: 0 ... .max))"]
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    }

    private func run(_ name: String, _ more: String...) throws -> Command {
        try Command(program: Command.executable, [name, "--checkpoint", bench["run"]] + more)
    }

    private func isPNG(_ path: String) throws -> Bool {
        try Data(contentsOf: URL(fileURLWithPath: path)).starts(with: [0x89, 0x50, 0x4E, 0x47])
    }

    private func json(_ command: Command) throws -> [String: Any] {
        try #require(command.status == 0, "\(command.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any])
    }

    @Test func samplesFillAFolder() throws {
        for name in ["with/", "without"] {
            let folder = "\(place)/\(name)"
            let sampled = try run("sample", "--count", "3", "--value", "drawn", "--temperature", "0.5", "--out", folder)
            #expect(sampled.status == 0 && sampled.output == folder + "\n", "\(sampled.errors)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == ["000001.png", "000002.png", "000003.png"])
            #expect(try names.allSatisfy { try isPNG("\(folder)/\($0)") })
            let again = try run("sample", "--count", "3", "--out", folder)
            #expect(again.sentence?.contains("is not an empty folder") == true, "\(again.errors)")
        }
    }

    @Test func aTemperatureIsRefusedWhereItMeansNothing() throws {
        let none = try run("sample", "--temperature", "-1", "--out", "\(place)/a.png")
        #expect(none.status == 64 && none.errors.contains("--temperature is from 0 to 10, not -1.0"), "\(none.errors)")
        let mixed = try run(
            "sample", "--temperature", "0.5", "--mixture", "2", "--data", bench["faces.h5"], "--out", "\(place)/a.png")
        #expect(mixed.status == 64 && mixed.errors.contains("leave one out"), "\(mixed.errors)")
        let bits = Workbench.model.replacing("latents: 2", with: "latents: {bernoulli: 2}").replacing(
            "squared_error}", with: "squared_error, estimator: {score_function: {baseline: running_mean, samples: 1}}}")
        try bench.write(bits, to: "bits.yaml")
        let trained = try Command(
            "train", "--config", bench["bits.yaml"], "--data", bench["faces.h5"], "--out", "\(place)/bits", "--workers",
            "1", "--steps", "1")
        try #require(trained.status == 0, "\(trained.errors)")
        let sampled = try Command(
            "sample", "--checkpoint", "\(place)/bits", "--temperature", "0.5", "--out", "\(place)/a.png")
        #expect(sampled.sentence?.contains("latents of the family bernoulli have none") == true, "\(sampled.errors)")
        let vector = try Command(
            "attribute", "--checkpoint", "\(place)/bits", "--data", bench["faces.h5"], "--name", "Hat", "--out",
            "\(place)/a.png")
        #expect(vector.sentence?.contains("of the family bernoulli") == true, "\(vector.errors)")
    }

    @Test func codesOfAllImagesAreWritten() throws {
        for name in ["c.h5", "c.csv", "c.npz"] {
            let written = try run("embed", "--data", bench["faces.h5"], "--out", "\(place)/\(name)")
            #expect(written.status == 0 && written.output == "\(place)/\(name)\n", "\(written.errors)")
        }
        let root = try File.open("\(place)/c.h5").root
        let means = try root.dataset("mean").read(as: Float.self)
        #expect(try means.count == 200 && root.dataset("log_variance").shape == [100, 2])
        #expect(try root.dataset("targets").attributes("names").contains("Smiling"))
        let lines = try String(contentsOfFile: "\(place)/c.csv", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 101)
        #expect(
            lines[0].hasPrefix("split,row,Bangs,") && lines[0].hasSuffix(",mean_0,mean_1,log_variance_0,log_variance_1")
        )
        let numbers = lines[1...].flatMap { $0.split(separator: ",").dropLast(2).suffix(2).compactMap { Float($0) } }
        #expect(numbers == means)
        #expect(Set(lines[1...].map { $0.prefix { $0 != "," } }) == ["train", "valid", "test"])
        let test = try run("embed", "--data", bench["faces.h5"], "--split", "test", "--out", "\(place)/t.csv")
        #expect(test.status == 0)
        let own = try String(contentsOfFile: "\(place)/t.csv", encoding: .utf8).split(separator: "\n")
        #expect(own[1...] == lines[1...].filter { $0.hasPrefix("test,") }[...])
    }

    @Test func attributesAreMovedAndJudged() throws {
        let out = "\(place)/a.png"
        let moved = try run(
            "attribute", "--data", bench["faces.h5"], "--name", "smiling,Hat", "--rows", "2", "--columns", "3",
            "--pixels",
            "--orthogonal", "Beard", "--json", "--out", out)
        let report = try json(moved)
        #expect(try isPNG(out))
        let classifier = try #require(report["classifier"] as? [[String: Any]])
        #expect(classifier.count == 8 && classifier.allSatisfy { $0["accuracy"] is Double })
        let attributes = try #require(report["attributes"] as? [[String: Any]])
        #expect(attributes.compactMap { $0["name"] as? String } == ["Smiling", "Hat"])
        let strengths = try #require(attributes[0]["strengths"] as? [[String: Any]])
        #expect(strengths.compactMap { $0["strength"] as? Double } == [-3, 0, 3])
        #expect(strengths[1]["pixel_drift"] as? Double == 0 && strengths[1]["drift_of_others"] as? Double == 0)
        #expect((strengths[2]["pixel_drift"] as? Double ?? 0) > 0 && (strengths[2]["drift"] as? [Any])?.count == 7)
        let own = try run(
            "attribute", "--data", bench["faces.h5"], "--name", "Hat", "--image", out, "--out", "\(place)/b.png")
        #expect(own.status == 0 && own.output == "\(place)/b.png\n", "\(own.errors)")
        let unknown = try run("attribute", "--data", bench["faces.h5"], "--name", "Smilig", "--out", "\(place)/c.png")
        #expect(unknown.sentence?.contains("has no attribute Smilig, only Bangs, Beard, ") == true, "\(unknown.errors)")
    }

    @Test func latentsArePlotted() throws {
        for plot in ["pca", "histograms", "divergence", "pairs"] {
            let out = "\(place)/\(plot).png"
            let drawn = try run("latents", "--data", bench["faces.h5"], "--plot", plot, "--name", "Hat", "--out", out)
            #expect(try drawn.status == 0 && isPNG(out), "\(drawn.errors)")
        }
        let map = try run("latents", "--plot", "map", "--columns", "4", "--out", "\(place)/map.png")
        #expect(try map.status == 0 && isPNG("\(place)/map.png"), "\(map.errors)")
        let without = try run("latents", "--plot", "pca", "--out", "\(place)/x.png")
        #expect(without.status == 64 && without.errors.contains("name their file with --data"))
        let many = try run(
            "latents", "--data", bench["faces.h5"], "--plot", "pairs", "--dimensions", "13", "--out", "\(place)/x.png")
        #expect(many.status == 64 && many.errors.contains("--plot pairs shows 12 latents at most, not 13"))
    }

    @Test func whatMovesIsNotHeldStill() throws {
        let command = try Command(
            "attribute", "--checkpoint", bench["run"], "--data", bench["faces.h5"], "--name", "Hat,Beard",
            "--orthogonal", "Smiling,Beard", "--out", "\(place)/still.png")
        #expect(
            command.sentence?.hasPrefix("--orthogonal names Beard, along which --name moves") == true,
            "\(command.errors)")
    }

    @Test func walksGoBetweenChosenImages() throws {
        func walk(_ name: String, _ more: String...) throws -> Command {
            try Command(
                program: Command.executable,
                ["interpolate", "--checkpoint", bench["run"], "--columns", "4", "--out", "\(place)/\(name).png"] + more)
        }
        let faces = bench["faces.h5"]
        let first = try walk("first", "--data", faces, "--rows", "1")
        let named = try walk("named", "--data", faces, "--examples", "0,1")
        #expect(first.status == 0 && named.status == 0, "\(named.errors)")
        let bytes = { (name: String) in try Data(contentsOf: URL(fileURLWithPath: "\(place)/\(name).png")) }
        #expect(try bytes("first") == bytes("named"))
        let round = try walk("round", "--data", faces, "--examples", "0,1", "--path", "spherical")
        #expect(try round.status == 0 && bytes("round") != bytes("named"))
        let own = try walk("own", "--images", "\(place)/first.png,\(place)/named.png,\(place)/round.png")
        #expect(own.status == 0, "\(own.errors)")
        let moving = try run(
            "interpolate", "--data", faces, "--examples", "0,1", "--columns", "3", "--out", "\(place)/walk.apng")
        #expect(moving.status == 0, "\(moving.errors)")
        let animation = try Data(contentsOf: URL(fileURLWithPath: "\(place)/walk.apng"))
        #expect(animation.range(of: Data("acTL\0\0\0\u{3}".utf8)) != nil)
        #expect(try walk("a", "--data", faces, "--examples", "0,99").sentence?.contains("has images from 0 to") == true)
        for wrong in [
            ["--examples", "1"], ["--examples", "1,x"], ["--rows", "1", "--examples", "0,1"], ["--images", "a.png"],
        ] {
            let refused = try Command(
                program: Command.executable,
                ["interpolate", "--checkpoint", bench["run"], "--data", faces, "--out", "\(place)/b.png"] + wrong)
            #expect(refused.status == 64, "\(wrong): \(refused.errors)")
        }
    }
}
