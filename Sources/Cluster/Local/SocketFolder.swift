import Files
import Foundation

/// A folder for sockets that only this user may enter, removed with this object, or by the next one where its process was killed.
final class SocketFolder {
    private let path: String
    private let lock: DirectoryLock

    /// Makes the folder under the temporary one, and removes those of processes that are gone.
    ///
    /// - Throws: The temporary folder cannot be written.
    init(in temporary: String = FileManager.default.temporaryDirectory.path) throws {
        Self.removeAbandoned(in: temporary)
        let name = String(UInt64.random(in: 0 ... .max), radix: 36)
        path = "\(temporary)/\(Self.prefix)\(name)"
        // It gets its name with the lock in it, so that nobody takes it for abandoned.
        let unlocked = "\(temporary)/.\(Self.prefix)\(name)"
        do {
            try FileManager.default.createDirectory(
                atPath: unlocked, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            lock = try DirectoryLock(unlocked)
            try PosixFileSystem().rename(unlocked, to: path)
        } catch {
            throw SocketFolderError(path: path)
        }
    }

    deinit { Self.remove(path) }

    /// Where a coordinator may listen.
    var address: String { "ipc://\(path)/run" }

    private static func removeAbandoned(in temporary: String) {
        let names = (try? PosixFileSystem().names(in: temporary)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let path = "\(temporary)/\(name)"
            guard isOurs(path) else { continue }
            if let lock = try? DirectoryLock(path, isWaiting: false) { withExtendedLifetime(lock) { remove(path) } }
        }
    }

    /// No link that somebody else laid to where nothing may be removed.
    private static func isOurs(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
            && (attributes?[.ownerAccountID] as? NSNumber)?.uint32Value == geteuid()
    }

    /// Removes the folder and what belongs in it; one that holds anything else stays.
    private static func remove(_ path: String) {
        for name in ["run", "run-bulk", "lock"] { try? PosixFileSystem().remove("\(path)/\(name)") }
        try? PosixFileSystem().removeDirectory(path)
    }

    private static let prefix = "tributary-sockets-"
}

/// No folder for sockets could be made.
struct SocketFolderError: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "cannot create \(path) for the workers' sockets: set TMPDIR to a folder that can be written"
    }
}
