import Foundation
import Testing

/// A run directory is new, empty, or continued: nothing else is written into.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct RunDirectoryOutputTests {
    static let trainers = Subcommand.all.filter { $0["out"] != nil && $0["resume"] != nil }

    @Test(arguments: trainers) func whatExistsIsNoRunDirectory(_ trainer: Subcommand) throws {
        let bench = try Workbench()
        #expect(try bench.train("--steps", "1").status == 0)
        try FileManager.default.createDirectory(atPath: bench["mine"], withIntermediateDirectories: false)
        for name in ["mine/notes.txt", "mine/lock"] { try bench.write("kept", to: name) }
        try #require(mkfifo(bench["pipe"], 0o600) == 0)
        for name in ["mine", "faces.h5", "pipe", "run"] {
            try FileManager.default.createSymbolicLink(atPath: bench["link-" + name], withDestinationPath: bench[name])
        }
        let before = try bench.everything()
        let outs =
            ["mine", "faces.h5", "pipe", "run"].flatMap { [bench[$0], bench["link-" + $0]] } + ["-", "/dev/null", ""]
        for out in outs {
            let address = trainer["listen"] == nil ? [] : ["--listen", "ipc://\(bench["socket"])"]
            let command = try Command(
                program: Command.executable,
                trainer.words + address + [
                    "--config", bench["model.yaml"], "--data", bench["faces.h5"], "--steps", "1", "--out", out,
                ])
            #expect(
                [1, 64].contains(command.status) && command.errors.contains("Error: "), "\(out): \(command.errors)")
        }
        #expect(try bench.everything() == before)
    }
}

extension Workbench {
    /// The bytes of all files, and where links lead.
    fileprivate func everything() throws -> [String: Data] {
        let files = FileManager.default
        // Whoever asks for a run's directory writes its number there. A coordinator listens before that.
        let names = try files.subpathsOfDirectory(atPath: folder).filter {
            $0 != "run/lock" && !$0.hasPrefix("socket")
        }
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                switch try files.attributesOfItem(atPath: self[name])[.type] as? FileAttributeType {
                case .typeRegular?: (name, try Data(contentsOf: URL(fileURLWithPath: self[name])))
                case .typeSymbolicLink?: (name, Data(try files.destinationOfSymbolicLink(atPath: self[name]).utf8))
                default: (name, Data())
                }
            })
    }
}
