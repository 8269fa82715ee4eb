import Foundation
import Storage
import Testing

/// A file that does not say how it is read trains with options, and a run remembers them.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct DataOptionsTests {
    /// The drawn faces with their axes turned and their values from -5 to 5, under a name that nobody knows, in chunks.
    private func turnedFaces(_ bench: Workbench) throws -> String {
        let faces = try File.open(bench["faces.h5"]).root.dataset("features").read(as: UInt8.self)
        let count = faces.count / 768
        var values: [Float] = []
        for image in 0..<count {
            for column in 0..<16 {
                for row in 0..<16 {
                    for channel in 0..<3 {
                        values.append(Float(faces[image * 768 + channel * 256 + row * 16 + column]) / 25.5 - 5)
                    }
                }
            }
        }
        let path = bench["turned.h5"]
        let root = try File.create(over: path).root
        try root.write("mine", values, shape: [count, 16, 16, 3], layout: .chunked([32, 8, 8, 1], gzip: 1))
        try root.write("other", values, shape: [count, 16, 16, 3])
        return path
    }

    private let options = ["--images-path", "mine", "--layout", "NWHC", "--range", "-5", "5"]

    @Test func aRunRemembersHowItsDataIsRead() throws {
        let bench = try Workbench()
        let path = try turnedFaces(bench)
        let plain = try bench.train(data: "turned.h5")
        #expect(
            plain.sentence?.contains("may hold its images in any of mine, other; name one with --images-path") == true)
        func run(_ words: [String]) throws -> Command { try Command(program: Command.executable, words) }
        let train = ["train", "--data", path, "--out", bench["run"], "--workers", "1", "--digest-every", "1"]
        let first = try run(train + ["--config", bench["model.yaml"], "--steps", "2"] + options)
        #expect(
            first.status == 0
                && first.errors.contains("N, W, H, C (as --layout says), values -5 to 5, as --range says"),
            "\(first.errors)")
        let resumed = try run(train + ["--resume", "--steps", "4"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        let verified = try run(["verify-run", bench["run"], "--steps", "1..4", "--data", path])
        #expect(verified.status == 0, "\(verified.errors)")
        let evaluated = try run(["evaluate", "--checkpoint", bench["run"], "--data", path])
        #expect(evaluated.status == 0, "\(evaluated.errors)")
        let other = try run(train + ["--resume", "--steps", "6", "--layout", "NHWC"])
        #expect(
            other.sentence?.contains("data.layout is \"NHWC\" here and \"NWHC\" in the run") == true, "\(other.errors)")
        // Without options the contract says nothing of data, as contracts always did.
        let configuration = try String(contentsOfFile: bench["run/config.yaml"], encoding: .utf8)
        #expect(configuration.contains("layout: NWHC"))
    }

    @Test func aConvertedFileTrainsToTheSameBitsWithoutOptions() throws {
        let bench = try Workbench()
        let path = try turnedFaces(bench)
        let converted = try Command(
            program: Command.executable, ["data", "convert", path, "--out", bench["native.h5"]] + options)
        #expect(converted.status == 0, "\(converted.errors)")
        let train = ["train", "--config", bench["model.yaml"], "--workers", "1", "--steps", "2", "--out"]
        let first = try Command(program: Command.executable, train + [bench["a"], "--data", path] + options)
        let second = try Command(program: Command.executable, train + [bench["b"], "--data", bench["native.h5"]])
        let digest = { (text: String) in text.split(separator: "\n").first { $0.hasPrefix("digest") } }
        #expect(first.status == 0 && second.status == 0, "\(first.errors)\(second.errors)")
        #expect(digest(first.output) != nil && digest(first.output) == digest(second.output))
    }

    @Test func theSheetIsAPictureAndReplacesNothing() throws {
        let bench = try Workbench()
        let sheet = bench["sheet.png"]
        #expect(try Command("data", "inspect", bench["faces.h5"], "--sheet", sheet).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: sheet)).dropFirst().prefix(3) == Data("PNG".utf8))
        let again = try Command("data", "inspect", bench["faces.h5"], "--sheet", sheet)
        #expect(again.sentence == "\(sheet) exists; name another, or say --force")
        #expect(try Command("data", "inspect", bench["faces.h5"], "--sheet", sheet, "--force").status == 0)
        #expect(try Command("data", "inspect", bench["faces.h5"], "--sheet", "a.jpg").status == 64)
    }

    @Test(arguments: [
        (["--range", "3"], "two numbers"), (["--range", "3", "1"], "the first is below the second"),
        (["--layout", "HWC"], "HWC"), (["--train-split", "a", "--valid-split", "a"], "name two"),
    ])
    func optionsThatMeanNothingAreRefused(words: [String], text: String) throws {
        let bench = try Workbench()
        let command = try Command(program: Command.executable, ["data", "inspect", bench["faces.h5"]] + words)
        #expect(command.status == 64 && command.errors.contains(text), "\(command.errors)")
    }
}
