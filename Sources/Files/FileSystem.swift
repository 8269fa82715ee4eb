/// The calls by which files are changed so that a crash at any instant leaves the old state or the new one.
///
/// A protocol, so that a simulator can take its place and crash between any two calls.
public protocol FileSystem: Sendable {
    /// The names in a directory, sorted.
    func names(in directory: String) throws(FileError) -> [String]

    /// A whole file.
    func read(_ path: String) throws(FileError) -> [UInt8]

    /// Writes a new file, which must not exist, and forces it to the disk.
    func createDurably(_ path: String, _ bytes: [UInt8]) throws(FileError)

    /// Gives a file another name in one atomic step, replacing whatever has that name.
    func rename(_ path: String, to newPath: String) throws(FileError)

    /// Forces the names in a directory to the disk.
    func synchronize(directory: String) throws(FileError)

    func remove(_ path: String) throws(FileError)

    /// Makes a directory where there is none yet; its parent must exist.
    func createDirectory(_ path: String) throws(FileError)
}

extension FileSystem {
    /// Replaces a file, or creates it, so that whoever looks finds the old bytes or the new ones, also after a power failure.
    ///
    /// Temporary name in the same directory, write, force, rename, force the directory. A failure removes the temporary file.
    public func replaceDurably(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        let temporary = "\(path).\(UInt64.random(in: 0 ... .max)).tmp"
        do {
            try createDurably(temporary, bytes)
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        try synchronize(directory: Self.directory(of: path))
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
