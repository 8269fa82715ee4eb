import Glibc

/// A new folder under a temporary name, locked as long as this value lives. `TemporaryFile` is the same for files.
struct TemporaryFolder: ~Copyable {
    let path: String
    let descriptor: Descriptor

    /// Makes one beside a path, with a name that tells which.
    init(beside path: String) throws(FileError) {
        while true {
            let name = PosixFileSystem.temporaryName(of: path)
            try PosixFileSystem().createDirectory(name)
            do throws(FileError) {
                let folder = try Descriptor(name, O_RDONLY | O_DIRECTORY, "create \(path)")
                guard try TemporaryFile.isOurs(folder) else { continue }
                self.path = name
                descriptor = folder
                return
            } catch  where error.isNotFound {
                // Another took it for an abandoned one.
                continue
            }
        }
    }
}
