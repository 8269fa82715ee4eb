import Foundation

/// A folder of its own for one test, removed with everything in it afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "storage-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// The folder of real data beside the package; the tests that need it are skipped where it is absent.
enum RealData {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data").standardizedFileURL.path

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder) }
}
