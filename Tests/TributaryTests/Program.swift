import Foundation

/// The real `tributary` command, built beside the tests.
enum Program {
    static var path: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("tributary").path
    }

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Runs a subcommand to its end, and returns its standard output.
    static func run(_ arguments: String...) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }
}

/// A folder with 120 drawn faces of 16 × 16 pixels, removed with this object.
final class FolderOfFaces: Sendable {
    let path = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        _ = try Program.run("data", "synthesize", "faces", "--count", "120", "--size", "16", "--out", self["faces.h5"])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    subscript(_ name: String) -> String { "\(path)/\(name)" }

    func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self[name]) }
}
