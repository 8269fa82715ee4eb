import Messaging

/// The coordinator's secret key, and where it is written who may connect.
public struct CoordinatorKeys: Sendable {
    let key: SecretKey
    let allowListPath: String

    /// Reads a coordinator's folder of keys.
    /// - Throws: `KeyFolderError` where no coordinator's keys are there, `SecretFileExposed`, `KeyFileError`, `FileError`.
    public init(folder: String) throws {
        let folder = KeyFolder(folder)
        key = try folder.coordinatorKey()
        allowListPath = folder.allowListPath
        _ = try folder.allowList()
    }
}
