import ArgumentParser
import ConfigurationFiles
import Foundation

/// Refuses a file name that cannot be written, or must not be replaced, before the work that would be lost.
///
/// - Parameter inputs: Files that the command reads.
func checkOutput(_ path: String, besides inputs: [String] = []) throws {
    guard !path.isEmpty else { throw ValidationError("--out is empty: name a file") }
    let type = attributes(ofFile: path)?[.type] as? FileAttributeType
    guard type != .typeDirectory else {
        throw ValidationError("--out \(path) is a directory: name a file in it")
    }
    guard [nil, .typeRegular, .typeSymbolicLink].contains(type) else {
        throw ValidationError("--out \(path) is a device, a pipe or a socket: name a file")
    }
    if let input = inputs.first(where: { isSameFile(path, $0) }) {
        throw ValidationError("--out \(path) would replace \(input), which is read: name another file")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else {
        throw ValidationError("--out \(path) is in a directory that does not exist: create \(folder) first")
    }
}

private func isSameFile(_ path: String, _ other: String) -> Bool {
    guard let one = fileNumbers(path) else { return false }
    return one == fileNumbers(other)
}

/// The device and the number of the file that a path leads to.
private func fileNumbers(_ path: String) -> [UInt64]? {
    attributes(ofFile: path).map { found in
        [.systemNumber, .systemFileNumber].compactMap { (found[$0] as? NSNumber)?.uint64Value }
    }
}

/// What the system says of the file that a path leads to; of a link that leads nowhere, what it says of that.
func attributes(ofFile path: String) -> [FileAttributeKey: Any]? {
    try? FileManager.default.attributesOfItem(atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
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
