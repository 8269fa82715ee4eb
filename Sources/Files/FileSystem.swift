/// The calls by which files are changed so that a crash at any instant leaves the old state or the new one.
///
/// A protocol, so that a simulator can take its place and crash between any two calls.
public protocol FileSystem: Sendable {
    /// The names in a directory, sorted.
    func names(in directory: String) throws(FileError) -> [String]

    /// A whole file.
    func read(_ path: String) throws(FileError) -> [UInt8]

    /// Writes a new file, which must not exist. A failure may leave it there with some of the bytes.
    func create(_ path: String, _ bytes: [UInt8]) throws(FileError)

    /// Writes bytes at `offset` of a file that is there, and cuts what lay behind them. A failure may leave some of the bytes there.
    func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(FileError)

    /// Forces a file's bytes to the disk.
    func synchronize(file path: String) throws(FileError)

    /// Gives a file another name in one atomic step, replacing whatever has that name.
    func rename(_ path: String, to newPath: String) throws(FileError)

    /// Forces the names in a directory to the disk.
    func synchronize(directory: String) throws(FileError)

    func remove(_ path: String) throws(FileError)

    /// Makes a directory where there is none yet; its parent must exist.
    func createDirectory(_ path: String) throws(FileError)

    /// Takes the exclusive right to a directory, held as long as what is returned lives.
    ///
    /// - Throws: `DirectoryInUse`, `FileError`.
    func lock(_ directory: String) throws -> any Sendable
}

extension FileSystem {
    /// The system's own lock.
    public func lock(_ directory: String) throws -> any Sendable { try DirectoryLock(directory) }

    /// Writes a new file, which must not exist, and forces it to the disk.
    public func createDurably(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        try create(path, bytes)
        try synchronize(file: path)
    }

    /// Replaces a file, or creates it, so that whoever looks finds the old bytes or the new ones, also after a power failure.
    ///
    /// Temporary name in the same directory, write, force, rename, force the directory. A failure removes the temporary file.
    public func replaceDurably(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        let temporary = Self.temporaryName(of: path)
        do {
            try createDurably(temporary, bytes)
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        try synchronize(directory: Self.directory(of: path))
    }

    /// Replaces a file, or creates it, so that whoever looks finds the old bytes or the new ones. A power failure may leave neither, which costs
    /// the disk nothing: for what is soon written again.
    public func replace(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        let temporary = Self.temporaryName(of: path)
        do {
            try create(temporary, bytes)
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
    }

    /// A name beside `path` for what is not finished; `isTemporary` knows it again.
    static func temporaryName(of path: String) -> String { "\(path).\(UInt64.random(in: 0 ... .max)).tmp" }

    /// Whether a file has such a name: `NAME.DIGITS.tmp`.
    static func isTemporary(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count >= 3 && parts.last == "tmp" && UInt64(parts[parts.count - 2]) != nil
    }

    /// Removes what writers that died in `replaceDurably` left in a directory. Call it only where nobody else may be writing.
    public func removeTemporaries(in directory: String) throws(FileError) {
        for name in try names(in: directory) where Self.isTemporary(name) { try remove("\(directory)/\(name)") }
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
