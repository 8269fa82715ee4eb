import Foundation

/// Makes a directory that is not there yet, and those around it. What somebody has in one of that name stays.
func makeNewDirectory(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
        throw Problem("\(path) exists; remove it, or name another directory")
    }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
}
