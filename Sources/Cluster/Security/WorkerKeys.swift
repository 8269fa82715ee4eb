import Files
import Foundation
import Messaging

/// What a worker needs to join, and all it needs: its own secret key and the coordinator's public one, in one file.
public struct WorkerKeys: Sendable {
    /// The name that the coordinator knows the key by.
    let name: String
    let key: SecretKey
    let coordinator: PublicKey

    init(name: String, key: SecretKey, coordinator: PublicKey) {
        self.name = name
        self.key = key
        self.coordinator = coordinator
    }

    /// Reads a worker's folder of keys.
    /// - Throws: `KeyFolderError` where no worker's keys are there, `SecretFileExposed`, `KeyFileError`, `FileError`.
    public init(folder: String) throws {
        let text = try Self.text(folder)
        name = try text.value("name")
        key = try text.secretKey("secret")
        coordinator = try text.publicKey("coordinator")
    }

    private static func text(_ folder: String) throws -> KeyText {
        let path = path(in: folder)
        do {
            return try KeyText(SecretFile(path).read(), path: path)
        } catch let error as FileError where error.isNotFound {
            let isCoordinators = FileManager.default.fileExists(atPath: KeyFolder(folder).coordinatorPath)
            throw isCoordinators ? KeyFolderError.isCoordinators(folder) : KeyFolderError.missingOfWorker(folder)
        }
    }

    static func areIn(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: path(in: folder))
    }

    func write(into folder: String) throws {
        try SecretFile(Self.path(in: folder)).createDurably(
            Array(
                """
                # A worker's keys. Whoever reads this can join your runs as \(name).
                name \(name)
                public \(key.publicKey)
                secret \(key.exposed)
                coordinator \(coordinator)

                """.utf8))
    }

    static func path(in folder: String) -> String { folder + "/worker.key" }
}
