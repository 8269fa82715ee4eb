import Foundation
import Testing

/// A command that writes a folder makes a new one, or fills an empty one; nothing else changes.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct FolderOutputTests {
    /// The subcommands whose output is a folder, from the parser. Those that train are in `RunDirectoryOutputTests`.
    static let writers = Subcommand.all.filter { $0["out"]?.endings.isEmpty == true && $0["resume"] == nil }

    @Test(arguments: writers) func aNewFolderOrAnEmptyOneIsFilledAndNothingElse(_ writer: Subcommand) throws {
        let bench = try FolderBench(writer)
        try FileManager.default.createDirectory(atPath: bench["empty"], withIntermediateDirectories: false)
        for name in ["new", "empty", "slash/"] {
            let command = try bench.write(bench[name])
            #expect(command.status == 0 && bench.isFilled(name), "\(command.errors)")
        }
        #expect(try bench.names() == ["empty", "new", "slash"])
    }

    @Test(arguments: writers) func whatExistsStays(_ writer: Subcommand) throws {
        let bench = try FolderBench(writer)
        for name in ["folder", "nested"] {
            try FileManager.default.createDirectory(atPath: bench[name], withIntermediateDirectories: false)
        }
        try bench.write("kept", to: "folder/notes.txt")
        try bench.write("kept", to: "file")
        try FileManager.default.createSymbolicLink(atPath: bench["link"], withDestinationPath: bench["folder"])
        try FileManager.default.createSymbolicLink(atPath: bench["nowhere"], withDestinationPath: bench["none"])
        let before = try bench.everything()
        let outs =
            ["folder", "file", "link", "nowhere", "missing/new"].map { bench[$0] } + [
                bench.run, bench.run + "/new", bench.run + "/checkpoints/new", "/dev/null", "",
            ]
        for out in outs {
            let command = try bench.write(out)
            let lines = command.errors.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
            #expect([1, 64].contains(command.status) && lines.count == 1, "\(out): \(command.errors)")
        }
        #expect(try bench.everything() == before)
    }
}

/// What every command that writes a folder needs, and a place for it to write to.
private final class FolderBench {
    private let bench: Workbench
    private let arguments: [String]

    init(_ writer: Subcommand) throws {
        bench = try Workbench()
        try FileManager.default.createDirectory(atPath: bench["out"], withIntermediateDirectories: false)
        let trained = try bench.train("--steps", "1")
        try #require(trained.status == 0, "\(trained.errors)")
        switch writer.name {
        case "export": arguments = ["export", bench["run"], "--count", "1"]
        case "import-weights":
            let exported = try Command("export", bench["run"], "--count", "1", "--out", bench["exported"])
            try #require(exported.status == 0, "\(exported.errors)")
            arguments = [
                "import-weights", bench["exported/model.safetensors"], "--config", bench["model.yaml"], "--data",
                bench["faces.h5"],
            ]
        default: throw Unknown(description: "\(writer.name) writes a folder: say here what it needs")
        }
    }

    private struct Unknown: Error, CustomStringConvertible {
        let description: String
    }

    var run: String { bench["run"] }
    subscript(_ name: String) -> String { bench["out/" + name] }

    func write(_ out: String) throws -> Command {
        try Command(program: Command.executable, arguments + ["--out", out])
    }
    func write(_ text: String, to name: String) throws { try bench.write(text, to: "out/" + name) }
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: bench["out"]).sorted() }

    func isFilled(_ name: String) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: self[name]))?.count ?? 0 > 2
    }

    /// All files and folders, with the bytes of those that are files.
    func everything() throws -> [String: Data?] {
        try Dictionary(
            uniqueKeysWithValues: FileManager.default.subpathsOfDirectory(atPath: bench.folder).map {
                ($0, try? Data(contentsOf: URL(fileURLWithPath: bench[$0])))
            })
    }
}
