import Files
import Foundation
import Messaging

/// The coordinator's folder of keys.
///
///     keys/coordinator.key        the coordinator's secret key
///     keys/allowed-workers        names and public keys of those who may connect
///     keys/workers/NAME/          what one worker needs, to be moved to its machine
///
/// Secrets are made once and readable by their owner only. The list is replaced whole. Both are forced to the disk.
public struct KeyFolder {
    private let path: String
    private let files = PosixFileSystem()

    /// The worker that a new folder comes with, so that one machine works at once.
    public static let firstWorker = "local"

    public init(_ path: String) {
        self.path = path
    }

    var coordinatorPath: String { path + "/coordinator.key" }
    var allowListPath: String { path + "/allowed-workers" }

    /// The folder that a worker of that name is given.
    public func workerPath(_ name: String) -> String { "\(path)/workers/\(name)" }

    // MARK: - Changing

    /// Makes the folder, the coordinator's keys and those of one worker.
    /// - Throws: `KeyFolderError` where keys or other files are there already, `FileError`.
    public func create() throws {
        try makeFolder(path)
        try requireNothing()
        let lock = try DirectoryLock(path)
        defer { withExtendedLifetime(lock) {} }
        try requireNothing()
        do {
            let key = try KeyPair.random()
            try write(AllowList())
            try addWorker(Self.firstWorker, coordinator: key.publicKey)
            // Last, since it completes the folder.
            try SecretFile(coordinatorPath).createDurably(Self.coordinatorText(key))
        } catch {
            for made in [allowListPath, path + "/workers"] { try? FileManager.default.removeItem(atPath: made) }
            throw error
        }
    }

    /// A lock is nothing, nor is what a new disk comes with.
    private func requireNothing() throws {
        let names = try files.names(in: path).filter { !["lock", "lost+found"].contains($0) }
        guard names.isEmpty else {
            let hasKeys = FileManager.default.fileExists(atPath: coordinatorPath)
            throw hasKeys ? KeyFolderError.exists(path) : KeyFolderError.notEmpty(path)
        }
    }

    /// Makes a worker's keys, in a folder of their own, and lets it connect.
    public func add(_ name: String) throws {
        let key = try coordinatorKey()
        let lock = try DirectoryLock(path)
        defer { withExtendedLifetime(lock) {} }
        try addWorker(name, coordinator: key.publicKey)
    }

    /// Lets a worker connect no more, and removes what is left here of its keys. A running coordinator acts on it within
    /// a second.
    public func revoke(_ name: String) throws {
        _ = try allowList()  // where there is none, not even a lock is left
        let lock = try DirectoryLock(path)
        defer { withExtendedLifetime(lock) {} }
        var list = try allowList()
        guard list.contains(name) else { throw KeyFolderError.unknown(name, in: allowListPath) }
        list.remove(name)
        try write(list)
        try? files.remove(WorkerKeys.path(in: workerPath(name)))
        try? files.removeDirectory(workerPath(name))  // which stays where others put something there
    }

    private func addWorker(_ name: String, coordinator: PublicKey) throws {
        guard AllowList.isName(name) else { throw KeyFolderError.name(name) }
        var list = try allowList()
        guard !list.contains(name) else { throw KeyFolderError.taken(name, in: path) }
        guard !WorkerKeys.areIn(workerPath(name)) else { throw KeyFolderError.inTheWay(workerPath(name)) }
        let key = try KeyPair.random()
        try makeFolder(path + "/workers")
        try makeFolder(workerPath(name))
        try WorkerKeys(name: name, key: key, coordinator: coordinator).write(into: workerPath(name))
        list.add(name, key.publicKey)
        try write(list)
    }

    private func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw KeyFolderError.unmade(path, reason: error.localizedDescription)
        }
    }

    private func write(_ list: AllowList) throws {
        try files.replaceDurably(allowListPath, list.text)
    }

    // MARK: - Reading

    /// Whether the coordinator's keys are there.
    public var exists: Bool { FileManager.default.fileExists(atPath: coordinatorPath) }

    /// Whether a worker's keys are here, and not moved to its machine.
    public func hasWorker(_ name: String) -> Bool { WorkerKeys.areIn(workerPath(name)) }

    /// - Throws: `KeyFolderError` where no coordinator's keys are there, `SecretFileExposed`, `KeyFileError`, `FileError`.
    func coordinatorKey() throws -> SecretKey {
        do {
            return try KeyText(SecretFile(coordinatorPath).read(), path: coordinatorPath).secretKey("secret")
        } catch let error as FileError where error.isNotFound {
            throw WorkerKeys.areIn(path) ? KeyFolderError.isWorkers(path) : KeyFolderError.missing(path)
        }
    }

    func allowList() throws -> AllowList {
        try AllowList(files.read(allowListPath), path: allowListPath)
    }

    private static func coordinatorText(_ key: SecretKey) -> [UInt8] {
        Array(
            """
            # The coordinator's keys. Whoever reads this can pretend to be your coordinator.
            public \(key.publicKey)
            secret \(key.exposed)

            """.utf8)
    }
}

/// What is wrong with a folder of keys.
public enum KeyFolderError: Error, Hashable, CustomStringConvertible {
    case exists(String)
    case notEmpty(String)
    case inTheWay(String)
    case missing(String)
    case missingOfWorker(String)
    case unmade(String, reason: String)
    case isWorkers(String)
    case isCoordinators(String)
    case name(String)
    case taken(String, in: String)
    case unknown(String, in: String)

    public var description: String {
        switch self {
        case .exists(let path):
            "\(path) holds a coordinator's keys already: use them, or name another folder"
        case .notEmpty(let path):
            "\(path) is not empty: name a folder that is, or that does not exist"
        case .inTheWay(let path):
            "\(path) holds keys that are on no list: remove it, or name another worker"
        case .missing(let path):
            "\(path) holds no keys: make them with `tributary keys new \(path)`"
        case .missingOfWorker(let path):
            "\(path) holds no keys: make them where the coordinator's are, with `tributary keys add`, and copy the folder here"
        case .unmade(let path, let reason):
            "cannot make the folder \"\(path)\": \(reason)"
        case .isWorkers(let path):
            "\(path) holds a worker's keys: name the coordinator's folder, which `tributary keys new` made"
        case .isCoordinators(let path):
            "\(path) holds the coordinator's keys: name a worker's folder, such as \(path)/workers/\(KeyFolder.firstWorker)"
        case .name(let name):
            "\"\(name)\" cannot name a worker: use up to 64 letters, digits, - and _"
        case .taken(let name, let path):
            "a worker \(name) is in \(path) already: choose another name, or revoke it first"
        case .unknown(let name, let path):
            "no worker \(name) is in \(path)"
        }
    }
}
