import Foundation
import Testing

/// What every command that writes a file needs, and a folder for it to write to.
final class OutputBench {
    private let bench: Workbench
    /// The words that come before `--out`.
    let arguments: [String]
    /// Files that the command reads.
    let inputs: [String]
    /// The folder that it is told to read, if any.
    let sourceFolder: String?
    /// How its output ends, without the full stop.
    let ending: String
    /// Whether it may write a folder in place of a file.
    let takesFolders: Bool

    init(_ writer: Subcommand) throws {
        bench = try Workbench()
        ending = try #require(writer["out"]?.endings.first, "\(writer.name) does not say how its output ends")
        takesFolders = writer.name == "sample"
        try FileManager.default.createDirectory(atPath: bench["out"], withIntermediateDirectories: false)
        let trained = try bench.train()
        try #require(trained.status == 0, "\(trained.errors)")
        let checkpoint = try #require(Self.files(in: bench["run/checkpoints"]).last)
        let faces = bench["faces.h5"]
        let needs: (arguments: [String], inputs: [String], folder: String?)
        switch writer.name {
        case "data import":
            needs = ([bench["celeba"], "--size", "8"], try Self.celeba(bench["celeba"]), bench["celeba"])
        case "data convert": needs = ([faces], [faces], nil)
        case "data synthesize faces": needs = (["--count", "10", "--size", "16"], [], nil)
        case "sample": needs = (["--checkpoint", bench["run"], "--count", "1"], [checkpoint], nil)
        case "reconstruct", "interpolate", "embed":
            needs = (["--checkpoint", checkpoint, "--data", faces], [checkpoint, faces], nil)
        case "attribute":
            needs = (
                ["--checkpoint", checkpoint, "--data", faces, "--name", "Smiling"], [checkpoint, faces], nil
            )
        case "latents":
            needs = (["--checkpoint", checkpoint, "--data", faces, "--plot", "pca"], [checkpoint, faces], nil)
        case "classify":
            let words = ["--data", faces, "--labels-path", "targets/Smiling", "--labelled", "4", "--draws", "1"]
            needs = (words, [faces], nil)
        case "metrics", "report": needs = ([bench["run"]], try Self.files(in: bench["run"]).filter(Self.isRead), nil)
        case "compare":
            needs = ([bench["run"], bench["run"]], try Self.files(in: bench["run"]).filter(Self.isRead), nil)
        default:
            throw Unknown(description: "\(writer.name) writes a file: say here what it needs and what it reads")
        }
        (arguments, inputs, sourceFolder) = (writer.words + needs.arguments, needs.inputs, needs.folder)
    }

    private struct Unknown: Error, CustomStringConvertible {
        let description: String
    }

    var folder: String { bench.folder }
    var run: String { bench["run"] }
    /// The folder to write to, empty at first.
    var place: String { bench["out"] }

    /// The path there of a file with the right ending.
    subscript(_ name: String) -> String { "\(place)/\(name).\(ending)" }

    /// Runs the command.
    func write(_ out: String, _ more: String...) throws -> Command {
        try Command(program: Command.executable, arguments + ["--out", out] + more)
    }

    /// Runs the command, with and without `--force`.
    func expectRefusal(of out: String) throws {
        for more in [[], ["--force"]] {
            let command = try Command(program: Command.executable, arguments + ["--out", out] + more)
            let lines = command.errors.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
            #expect([1, 64].contains(command.status) && lines.count == 1, "\(out) \(more): \(command.errors)")
            #expect(lines.first?.contains("--force") == false, "--force does not help there: \(command.errors)")
        }
    }

    func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// Whether a file is of the command's format.
    func isResult(_ path: String) -> Bool {
        let start = (try? Data(contentsOf: URL(fileURLWithPath: path)))?.prefix(8) ?? Data()
        let known = ["png": "PNG", "h5": "HDF", "csv": "tep", "html": "!DO"]
        return known[ending].map { start.dropFirst().prefix(3) == Data($0.utf8) } ?? false
    }

    /// Whether a file of a run directory is read by what shows the run.
    private static func isRead(_ path: String) -> Bool {
        !["/lock", "/address", "/coordinator-epoch", "/tensorboard/"].contains { path.contains($0) }
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: place).sorted() }

    /// What kind of thing each name in the place is.
    func kinds() throws -> [String: FileAttributeType?] {
        try Dictionary(
            uniqueKeysWithValues: names().map {
                ($0, try FileManager.default.attributesOfItem(atPath: "\(place)/\($0)")[.type] as? FileAttributeType)
            })
    }

    /// The bytes of all files of this bench.
    func everything() throws -> [String: Data] {
        try Dictionary(
            uniqueKeysWithValues: Self.files(in: folder).map { ($0, try Data(contentsOf: URL(fileURLWithPath: $0))) })
    }

    func files(in folder: String) throws -> [String] { try Self.files(in: folder) }

    private static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }.filter {
            try FileManager.default.attributesOfItem(atPath: $0)[.type] as? FileAttributeType == .typeRegular
        }.sorted()
    }

    /// One image of CelebA's kind, of the split "train", with its lists.
    private static func celeba(_ folder: String) throws -> [String] {
        try FileManager.default.createDirectory(
            atPath: folder + "/img_align_celeba", withIntermediateDirectories: true)
        let image = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Files/aligned.jpg")
        try FileManager.default.copyItem(atPath: image.path, toPath: folder + "/img_align_celeba/000001.jpg")
        try "000001.jpg 0\n".write(toFile: folder + "/list_eval_partition.txt", atomically: false, encoding: .utf8)
        try "1\nSmiling\n000001.jpg 1\n".write(
            toFile: folder + "/list_attr_celeba.txt", atomically: false, encoding: .utf8)
        return try files(in: folder)
    }
}
