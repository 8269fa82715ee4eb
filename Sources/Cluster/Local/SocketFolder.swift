import Foundation

/// A folder for sockets that only this user may enter, removed with this object.
final class SocketFolder {
    private let path: String

    /// - Throws: The temporary folder cannot be written.
    init() throws {
        let name = "\(Self.prefix)\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SocketFolderError(path: path)
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Where a coordinator may listen.
    var address: String { "ipc://\(path)/run" }

    /// Removes the folder of a coordinator that was killed; other addresses are left alone.
    static func remove(address: String) {
        guard address.hasPrefix("ipc://"), address.hasSuffix("/run") else { return }
        let folder = URL(fileURLWithPath: String(address.dropFirst(6).dropLast(4)))
        let isOurs = folder.lastPathComponent.hasPrefix(prefix)
        let isTemporary = folder.deletingLastPathComponent().path == FileManager.default.temporaryDirectory.path
        if isOurs, isTemporary { try? FileManager.default.removeItem(at: folder) }
    }

    private static let prefix = "tributary-"
}

/// No folder for sockets could be made.
struct SocketFolderError: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "cannot create \(path) for the workers' sockets: set TMPDIR to a folder that can be written"
    }
}
