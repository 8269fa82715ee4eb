import ArgumentParser
import ConfigurationFiles
import Foundation

/// Refuses a file name that cannot be written, before the work that would be lost.
func checkOutput(_ path: String) throws {
    guard !path.isEmpty else { throw ValidationError("--out is empty: name a file") }
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    guard type != .typeDirectory else {
        throw ValidationError("--out \(path) is a directory: name a file in it")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else {
        throw ValidationError("--out \(path) is in a directory that does not exist: create \(folder) first")
    }
}

/// Writes a result to the standard output; unlike `print`, it says where that fails.
func output(_ text: String, terminator: String = "\n") throws {
    do {
        try FileHandle.standardOutput.write(contentsOf: Foundation.Data((text + terminator).utf8))
    } catch {
        throw UsageProblem(
            "cannot write the result to the standard output; free some space where it goes and try again")
    }
}
