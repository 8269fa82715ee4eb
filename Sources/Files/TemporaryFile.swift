import CFiles
import Glibc

/// A new file under a temporary name, locked as long as this value lives, so that nobody takes it for one that was left behind.
struct TemporaryFile: ~Copyable {
    let path: String
    let descriptor: Descriptor

    /// Makes one beside a path, with a name that tells which.
    init(beside path: String, mode: mode_t) throws(FileError) {
        while true {
            let name = PosixFileSystem.temporaryName(of: path)
            let file = try Descriptor(name, O_RDWR | O_CREAT | O_EXCL, "create \(path)", mode: mode, named: path)
            guard try Self.isOurs(file) else { continue }
            self.path = name
            descriptor = file
            return
        }
    }

    /// Whether nobody took the file for an abandoned one before it was locked. Where the file system has no locks nobody does.
    static func isOurs(_ file: borrowing Descriptor) throws(FileError) -> Bool {
        let isLocked = (try? file.lock()) ?? true
        return isLocked ? try file.status().st_nlink > 0 : false
    }

    /// Gives the file a name that nothing has yet, in one step.
    ///
    /// The C functions are `renameat2`, and where the file system does not know it `link`, as on NFS, or else `rename`.
    /// - Throws: `FileExists`, `FileError`.
    func move(to newPath: String) throws {
        if unsafe cfiles_rename_without_replacing(path, newPath) == 0 { return }
        if [EINVAL, ENOSYS].contains(errno) {
            if unsafe link(path, newPath) == 0 { return try PosixFileSystem().remove(path) }
            if [EPERM, EOPNOTSUPP, ENOSYS].contains(errno), FileStatus(atLink: newPath) == nil {
                return try PosixFileSystem().rename(path, to: newPath)
            }
        }
        guard errno != EEXIST else { throw FileExists(path: newPath) }
        throw FileError("give \(newPath) its name", code: errno)
    }

    /// Removes what writers of the same path left that ended before they were done; what a living one holds stays.
    static func removeAbandoned(beside path: String) {
        let folder = PosixFileSystem.directory(of: path)
        let stem = path.split(separator: "/").last.map { $0 + "." } ?? ""
        for name in (try? PosixFileSystem().names(in: folder)) ?? []
        where name.hasPrefix(stem) && PosixFileSystem.isTemporary(name)
            && !name.dropFirst(stem.count).dropLast(".tmp".count).contains(".")
        {
            removeIfAbandoned("\(folder)/\(name)")
        }
    }

    /// Its lock is held until it is gone, so that whoever just made it knows.
    private static func removeIfAbandoned(_ path: String) {
        let mode: Int32? =
            switch FileStatus(atLink: path)?.kind {
            case .regular: O_RDWR | O_NONBLOCK
            case .directory: O_RDONLY | O_DIRECTORY
            case .link, .other, nil: nil
            }
        guard let mode, let file = try? Descriptor(path, mode | O_NOFOLLOW, "open \(path)"), (try? file.lock()) == true
        else { return }
        PosixFileSystem().removeAll(path)
    }
}
