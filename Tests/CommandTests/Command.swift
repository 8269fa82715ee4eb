import Foundation
import Synchronization

/// The real `tributary` command, built beside the tests, run as a user runs it.
struct Command {
    let status: Int32
    let output: String
    let errors: String

    static var executable: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("tributary").path
    }

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: executable) }

    /// Runs `tributary` to its end.
    init(_ arguments: String...) throws {
        try self.init(program: Self.executable, arguments)
    }

    /// Runs lines of shell to their end; `$tributary` is the command. `until_true CONDITION PROCESS` and `until_gone PROCESS [SECONDS]` wait as
    /// long as a busy machine may take, and no wait is longer: after 20 minutes all that was started is killed and the shell ends with 9.
    init(shell lines: String) throws {
        try self.init(program: "/bin/bash", ["-c", Self.waits + lines])
    }

    private static let waits = #"""
        give_up() { echo "$*" >&2; kill -9 $(jobs -p) 2> /dev/null; exit 9; }
        until_true() {
            local end=$((SECONDS + 1200))
            until eval "$1"; do
                kill -0 $2 2> /dev/null || give_up "it ended before: $1"
                ((SECONDS < end)) || give_up "20 minutes passed before: $1"
                sleep 0.02
            done
        }
        until_gone() { timeout ${2:-1200} tail --pid=$1 -f /dev/null || give_up "it goes on for ${2:-1200} s"; }

        """#

    init(program: String, _ arguments: [String]) throws {
        let process = Process()
        let (out, err) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["tributary": Self.executable]) { $1 }
        (process.standardOutput, process.standardError) = (out, err)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let errors = Mutex(Data())
        let reader = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            errors.withLock { $0 = err.fileHandleForReading.readDataToEndOfFile() }
            reader.signal()
        }
        output = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        reader.wait()
        process.waitUntilExit()
        self.errors = errors.withLock { String(decoding: $0, as: UTF8.self) }
        status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// What went wrong, where that is one sentence in one line that the command exits with 1 for; otherwise nil.
    var sentence: String? {
        let lines = errors.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
        guard status == 1, lines.count == 1, errors.hasSuffix(lines[0] + "\n") else { return nil }
        return String(lines[0].dropFirst("Error: ".count))
    }
}

/// A folder with drawn faces and a small model, removed with this object.
final class Workbench: Sendable {
    let folder = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try write(Self.model, to: "model.yaml")
        _ = try Command("data", "synthesize", "faces", "--count", "100", "--size", "16", "--out", self["faces.h5"])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    subscript(_ name: String) -> String { "\(folder)/\(name)" }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self[name]) }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: self[name], atomically: true, encoding: .utf8)
    }

    /// Trains the small model with one worker into `run`.
    func train(_ more: String..., configuration: String = "model.yaml", data: String = "faces.h5") throws -> Command {
        try Command(
            program: Command.executable,
            ["train", "--config", self[configuration], "--data", self[data], "--out", self["run"], "--workers", "1"]
                + more)
    }

    static let model = """
        model:
          images: {channels: 3, height: 16, width: 16}
          encoder:
          - flatten
          - linear: {units: 16}
          - relu
          latents: 2
          decoder:
          - linear: {units: 768}
          - reshape: [3, 16, 16]
          - sigmoid
        objective: {likelihood: squared_error}
        learning_rate: 0.001
        shards: 4
        microbatch: 4
        seed: 3
        epochs: 1

        """
}
