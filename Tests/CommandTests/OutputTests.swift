import Foundation
import Testing

/// Files that exist stay, whatever a command is told to write.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct OutputTests {
    /// The subcommands that write a file, from the parser. Those that fill a run directory are in `RunDirectoryOutputTests`, and those that
    /// make another folder in `FolderOutputTests`.
    static let writers = Subcommand.all.filter { $0["out"]?.endings.isEmpty == false && $0["resume"] == nil }

    /// Names of arguments, each in one of three lists, so that nobody adds an output without saying what becomes of what is there.
    private static let read: Set = [
        "source", "data", "checkpoint", "config", "keys", "file", "files", "directory", "path", "labels", "image",
        "images", "run", "runs", "names", "hosts",
    ]
    private static let written: Set = ["out", "folder", "sheet", "log", "trace"]
    private static let values: Set = [
        "kind", "size", "crop", "count", "seed", "preset", "epochs", "steps", "shards", "microbatch", "precision",
        "wire",
        "instruction-set", "checkpoint-every", "digest-every", "evaluate-every", "pictures-every", "keep", "audit",
        "workers", "threads", "memory", "listen",
        "connect",
        "name", "core", "split", "columns", "rows", "wait", "images-path", "labels-path", "layout", "range",
        "train-split", "valid-split", "as", "resize", "skip-unreadable", "weights", "class", "method", "labelled",
        "draws",
        "mixture", "nll", "samples", "repeats", "refine", "value", "temperature", "strength", "orthogonal", "plot",
        "dimensions", "examples",
        "explore", "port", "token", "metrics-port",
        "log-format", "reduce", "peer-port", "advertise",
        "explore", "port", "token", "host", "nodes", "cpus", "time", "partition", "worker-partition", "sbatch",
        "program",
    ]

    @Test func everyArgumentIsKnownToBeReadWrittenOrNeither() {
        #expect(Subcommand.all.count > 15 && Self.writers.count >= 5)
        for command in Subcommand.all {
            for argument in command.arguments where !argument.isFlag {
                #expect(
                    Self.read.union(Self.written).union(Self.values).contains(argument.name),
                    "\(command.name) has a new argument \(argument.name): is it a file that is read or written?")
            }
            if command["out"]?.endings.isEmpty == false {
                #expect(command["force"]?.isFlag == true, "\(command.name) has --out alone")
            }
        }
    }

    @Test(arguments: writers) func aNewFileIsWrittenWholeAndAlone(_ writer: Subcommand) throws {
        let bench = try OutputBench(writer)
        let command = try bench.write(bench["new"])
        #expect(command.status == 0 && bench.isResult(bench["new"]), "\(command.errors)")
        #expect(try bench.names() == ["new.\(bench.ending)"])
    }

    @Test(arguments: writers) func aFileThatExistsStaysUnlessForceReplacesIt(_ writer: Subcommand) throws {
        let bench = try OutputBench(writer)
        let (path, link) = (bench["old"], bench["link"])
        try bench.write("kept", to: path)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        for name in [path, link] {
            let refused = try bench.write(name)
            #expect(refused.sentence == "\(name) exists; name another, or say --force", "\(refused.errors)")
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "kept")
        for name in [path, link] {
            try bench.write("kept", to: path)
            let replaced = try bench.write(name, "--force")
            #expect(replaced.status == 0 && bench.isResult(path), "\(replaced.errors)")
        }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
        #expect(try bench.names().count == 2)
    }

    @Test(arguments: writers) func noInputIsReplaced(_ writer: Subcommand) throws {
        let bench = try OutputBench(writer)
        let before = try bench.everything()
        for (number, input) in bench.inputs.enumerated() {
            let (hard, soft) = (bench["hard-\(number)"], bench["soft-\(number)"])
            try FileManager.default.linkItem(atPath: input, toPath: hard)
            try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: input)
            for name in [hard, soft] { try bench.expectRefusal(of: name) }
            for name in [hard, soft] { try FileManager.default.removeItem(atPath: name) }
        }
        if let folder = bench.sourceFolder {
            let path = "\(folder)/mine.\(bench.ending)"
            try bench.write("kept", to: path)
            try bench.expectRefusal(of: path)
            try FileManager.default.removeItem(atPath: path)
            #expect(try bench.write(path).status == 0, "a new file in it is none of its files")
            try FileManager.default.removeItem(atPath: path)
        }
        #expect(try bench.everything() == before)
    }

    @Test(arguments: writers) func whatIsInARunDirectoryStays(_ writer: Subcommand) throws {
        let bench = try OutputBench(writer)
        let run = bench.run
        try bench.write("kept", to: "\(run)/mine.\(bench.ending)")
        try FileManager.default.createDirectory(atPath: "\(run)/checkpoints/a/b", withIntermediateDirectories: true)
        try bench.write("kept", to: "\(run)/checkpoints/a/b/deep.\(bench.ending)")
        try FileManager.default.createSymbolicLink(
            atPath: bench.folder + "/run-link", withDestinationPath: "\(run)/checkpoints")
        let own = try bench.files(in: run).filter { $0.hasSuffix("." + bench.ending) }
        try #require(own.count >= 2)
        let link = bench["link"]
        let before = try bench.everything()
        for path in own {
            try bench.expectRefusal(of: path)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            try bench.expectRefusal(of: link)
            try FileManager.default.removeItem(atPath: link)
        }
        let new = [
            "\(run)/checkpoints", "\(run)/samples", "\(run)/tensorboard", "\(run)/checkpoints/a",
            "\(bench.folder)/run-link",
        ]
        for folder in new { try bench.expectRefusal(of: "\(folder)/new.\(bench.ending)") }
        #expect(try bench.everything() == before)
    }

    @Test(arguments: writers) func directoriesDevicesAndPipesStay(_ writer: Subcommand) throws {
        let bench = try OutputBench(writer)
        try FileManager.default.createDirectory(atPath: bench["folder"], withIntermediateDirectories: false)
        try #require(mkfifo(bench["pipe"], 0o600) == 0)
        // As /dev/null is. Only root may make one; for others the pipe stands for both.
        _ = mknod(bench["device"], S_IFCHR | 0o600, 0x103)
        for name in try bench.names() {
            try FileManager.default.createSymbolicLink(
                atPath: bench["link-\(name.prefix(4))"], withDestinationPath: "\(bench.place)/\(name)")
        }
        // As /dev/stdout is, here a pipe.
        try FileManager.default.createSymbolicLink(atPath: bench["stdout"], withDestinationPath: "/proc/self/fd/1")
        try FileManager.default.createSymbolicLink(atPath: bench["nowhere"], withDestinationPath: bench["none"])
        let before = try bench.kinds()
        for name in try bench.names() { try bench.expectRefusal(of: "\(bench.place)/\(name)") }
        for name in [bench.place, bench.place + "/", bench.place + "/none/new." + bench.ending, ""] {
            try bench.expectRefusal(of: name)
        }
        #expect(try bench.kinds() == before)
    }

    @Test(arguments: writers) func anotherEndingIsRefused(_ writer: Subcommand) throws {
        let bench = try OutputBench(writer)
        let other = bench.ending == "png" ? "h5" : "png"
        for name in ["notes.txt", "s.jpg", "a.\(other)", "a", "a.\(bench.ending).gz", "link.\(bench.ending)"] {
            if name.hasPrefix("link") {
                try bench.write("kept", to: bench.place + "/notes.md")
                try FileManager.default.createSymbolicLink(
                    atPath: "\(bench.place)/\(name)", withDestinationPath: "notes.md")
            }
            // Where a command writes a folder, too, a name without an ending is one.
            guard name.contains(".") || !bench.takesFolders else { continue }
            let refused = try bench.write("\(bench.place)/\(name)", "--force")
            #expect(
                refused.status == 64 && refused.errors.contains("name a file that ends in .\(bench.ending)"),
                "\(refused.errors)")
        }
        #expect(try bench.names() == ["link.\(bench.ending)", "notes.md"])
    }

    @Test(arguments: writers) func whatIsNoDatasetStreamsAndDatasetsSayThatTheyCannot(_ writer: Subcommand) throws {
        let bench = try OutputBench(writer)
        let line = bench.arguments.map { "'\($0)'" }.joined(separator: " ")
        let written = try Command(
            shell: "cd \(bench.place) && exec $tributary \(line) --out - > streamed.\(bench.ending)")
        if bench.ending != "h5" {
            #expect(written.status == 0 && bench.isResult(bench["streamed"]), "\(written.errors)")
        } else {
            #expect(written.status == 64 && written.errors.contains("cannot be streamed: name a file"))
        }
        #expect(try bench.names() == ["streamed.\(bench.ending)"])
    }

    /// Ctrl-C, `kill` and whatever a batch system sends leave nothing; what `kill -9` leaves goes with the next command of the same name.
    @Test(arguments: [
        ("INT", Int32(130)), ("TERM", 143), ("HUP", 129), ("USR1", 138), ("USR2", 140), ("ALRM", 142), ("XCPU", 152),
        ("KILL", 137),
    ])
    func whatIsInterruptedLeavesNoOutput(_ signal: String, _ status: Int32) throws {
        let bench = try Workbench()
        let (folder, out) = (bench["out"], bench["out/big.h5"])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let command = try Command(
            shell: """
                set -m
                $tributary data synthesize faces --count 1000000 --size 16 --out \(out) & writer=$!
                until_true '[ -s \(out).*.tmp ]' $writer
                kill -\(signal) $writer
                until_gone $writer
                wait $writer
                """)
        #expect(command.status == status, "\(command.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left.count == (signal == "KILL" ? 1 : 0) && !left.contains("big.h5"))
        #expect(try Command("data", "synthesize", "faces", "--count", "10", "--size", "16", "--out", out).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["big.h5"])
    }

    @Test func whatALivingCommandWritesIsNotTakenForLeftOver() throws {
        let bench = try Workbench()
        let (folder, out) = (bench["out"], bench["out/big.h5"])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let command = try Command(
            shell: """
                set -m
                $tributary data synthesize faces --count 1000000 --size 16 --out \(out) & writer=$!
                until_true '[ -s \(out).*.tmp ]' $writer
                kill -STOP $writer
                $tributary data synthesize faces --count 10 --size 16 --out \(out) || exit 2
                ls \(folder)
                kill -KILL $writer
                """)
        #expect(command.status == 0, "\(command.errors)")
        #expect(command.output.split(separator: "\n").filter { $0.hasPrefix("big.h5.") }.count == 1)
    }
}
