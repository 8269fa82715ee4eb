import Files

/// `address` in the run directory: where workers connect while a coordinator listens.
struct AddressFile {
    private let path: String

    init(directory: String) {
        path = directory + "/address"
    }

    /// Writes the address, in place of a dead coordinator's: the caller holds the directory's lock.
    func write(_ address: String) throws(FileError) {
        try PosixFileSystem().replaceDurably(path, Array("\(address)\n".utf8))
    }

    /// The address that is there, or nil.
    func read() -> String? {
        guard let bytes = try? PosixFileSystem().read(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
    }

    /// Takes the address back; that the file is gone already is no error.
    func remove() {
        try? PosixFileSystem().remove(path)
    }
}
