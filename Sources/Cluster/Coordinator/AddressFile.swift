import Files

/// `address` in the run directory: where workers connect while a coordinator listens.
struct AddressFile {
    private let path: String

    init(directory: String) {
        path = directory + "/address"
    }

    /// Writes the address. The caller holds the directory's lock, so an address that is there already is a dead
    /// coordinator's, and its socket folder is removed.
    func write(_ address: String) throws(FileError) {
        if let old = try? PosixFileSystem().read(path) {
            SocketFolder.remove(address: String(decoding: old.dropLast(), as: UTF8.self))
        }
        try PosixFileSystem().replaceDurably(path, Array("\(address)\n".utf8))
    }

    /// Takes the address back; that the file is gone already is no error.
    func remove() {
        try? PosixFileSystem().remove(path)
    }
}
