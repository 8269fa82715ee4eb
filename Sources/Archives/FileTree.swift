/// Files by their whole paths, in a folder, in a zip or tar archive, or one file alone.
///
/// Whoever reads from it need not know which. Hidden files and what systems leave behind (`__MACOSX/`, `.DS_Store`, `Thumbs.db`) are not in it.
/// Not `Sendable`: one owner at a time reads from it.
public final class FileTree {
    /// One file.
    public struct Entry: Hashable, Sendable {
        /// The path within the tree, such as `train/cat/1.png`. A byte that is no UTF-8 is shown as `\xE9`; the file is found all the same.
        public let path: String
        /// The size in bytes once unpacked, as far as the system or the archive's directory says.
        public let size: Int
        let index: Int

        /// The last component of the path.
        public let name: String
        /// The path without the last component; empty for none.
        public let folder: String
        /// What comes behind the last full stop of the name, in small letters; empty for none.
        public let ending: String

        init(path: String, size: Int, index: Int) {
            (self.path, self.size, self.index) = (path, size, index)
            let bytes = path.utf8
            let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
            let name = path[(slash.map(bytes.index(after:)) ?? path.startIndex)...]
            let stop = name.utf8.lastIndex(of: UInt8(ascii: "."))
            self.name = String(name)
            folder = slash.map { String(path[..<$0]) } ?? ""
            ending = stop.map { name[name.utf8.index(after: $0)...].lowercased() } ?? ""
        }
    }

    /// What holds the files.
    public enum Kind: String, Sendable {
        case folder
        case zip = "zip archive"
        case tar = "tar archive"
        case file
    }

    /// The path that was named.
    public let path: String
    public let kind: Kind

    /// The files, sorted by path.
    public let entries: [Entry]

    /// How many files were left out because they are hidden or left behind by a system.
    public let ignored: Int

    private let contents: any FileContents

    /// Lists what is there: folders recursively, archives by their directory. Tar archives are unpacked into a nameless file.
    ///
    /// - Parameters:
    ///   - scratch: The folder for what has to be unpacked.
    ///   - progress: Told how many bytes are unpacked.
    /// - Throws: `ArchiveError` where nothing is there, or it cannot be read.
    public init(_ path: String, scratch: String = ".", progress: @escaping (Int) -> Void = { _ in })
        throws(ArchiveError)
    {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        (kind, contents) = try Self.open(path, scratch, progress)
        let listed = contents.names.enumerated().map { Entry(path: $1.path, size: $1.size, index: $0) }
        let alone = kind == .file
        let kept = listed.filter { alone || !IgnoredNames.contains($0.path.split(separator: "/")) }
        ignored = listed.count - kept.count
        entries = kept.sorted { $0.path < $1.path || ($0.path == $1.path && $0.index < $1.index) }
    }

    /// The members of a zip archive that a program made as one thing, such as an npz. Names mean nothing, so none is left out.
    public init(zip path: String) throws(ArchiveError) {
        self.path = path
        kind = .zip
        contents = try ZipContents(path)
        ignored = 0
        entries = contents.names.enumerated().map { Entry(path: $1.path, size: $1.size, index: $0) }
    }

    private static func open(
        _ path: String, _ scratch: String, _ progress: @escaping (Int) -> Void
    ) throws(ArchiveError) -> (Kind, any FileContents) {
        try requireFile(path)
        if isFolder(path) { return (.folder, try FolderContents(path)) }
        let start = try OpenFile(path).read(at: 0, count: 512)
        let name = path.lowercased()
        if name.hasSuffix(".zip") { return (.zip, try ZipContents(path)) }
        if isArrays(path) { return (.file, FileContentsAlone(path)) }
        if start.starts(with: Array("PK\u{3}\u{4}".utf8)) || start.starts(with: Array("PK\u{5}\u{6}".utf8)) {
            let contents = try ZipContents(path)
            return holdsTensors(contents) ? (.file, FileContentsAlone(path)) : (.zip, contents)
        }
        if isTar(path, start) { return (.tar, try TarContents(path, scratch: scratch, progress: progress)) }
        return (.file, FileContentsAlone(path))
    }

    /// An npz is a zip archive, and one thing.
    private static func isArrays(_ path: String) -> Bool { path.lowercased().hasSuffix(".npz") }

    /// So is what PyTorch saves, whatever its ending.
    private static func holdsTensors(_ contents: ZipContents) -> Bool {
        contents.names.contains { $0.path.hasSuffix("/data.pkl") }
    }

    private static func isTar(_ path: String, _ start: [UInt8]) -> Bool {
        let name = path.lowercased()
        if start.count > 262, start[257..<262] == ArraySlice("ustar".utf8) { return true }
        let endings = [".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"]
        return endings.contains { name.hasSuffix($0) }
    }

    /// The bytes of a file.
    ///
    /// - Parameter limit: The most bytes that are wanted; a longer file is given up to there.
    /// - Throws: `ArchiveError` where it cannot be read, or is corrupt.
    public func read(_ entry: Entry, atMost limit: Int = FileTree.sizeLimit) throws(ArchiveError) -> [UInt8] {
        let stream = try stream(entry)
        return try stream.read(limit)
    }

    /// The largest file that is taken into memory, in bytes.
    public static let sizeLimit = 1 << 30

    /// The bytes of a file from its beginning, unpacked where it is compressed with gzip.
    public func stream(_ entry: Entry, unpacking: Bool = false) throws(ArchiveError) -> ByteStream {
        let bytes = try contents.open(entry.index, named: place(of: entry))
        return unpacking ? try ByteStream(unpacking: bytes, named: place(of: entry)) : ByteStream(bytes)
    }

    /// What errors call a file, in one line of no more than some hundred characters beside the tree's own path.
    public func place(of entry: Entry) -> String {
        let bytes = entry.path.utf8
        let isPlain = bytes.count <= 300 && bytes.allSatisfy { (32..<127).contains($0) }
        let name = isPlain ? entry.path : Self.oneLine(entry.path)
        return switch kind {
        case .file: path
        case .folder: "\(path)/\(name)"
        case .zip, .tar: "\(name) in \(path)"
        }
    }

    private static func oneLine(_ path: String) -> String {
        let shown = path.unicodeScalars.map {
            $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0)
        }
        return String(shown.prefix(300))
    }

    /// The path by which the system knows a file; nil within an archive.
    public func systemPath(of entry: Entry) -> String? {
        switch kind {
        case .file: path
        case .folder: "\(path)/\(entry.path)"
        case .zip, .tar: nil
        }
    }
}

/// What a tree's files lie in.
protocol FileContents {
    var names: [(path: String, size: Int)] { get }

    func open(_ index: Int, named place: String) throws(ArchiveError) -> any ByteSource
}

/// Bytes that come one after the other.
protocol ByteSource {
    /// Some of the next bytes, at most `count`; none at the end.
    func next(_ count: Int) throws(ArchiveError) -> [UInt8]
}

/// One file, which is no archive.
struct FileContentsAlone: FileContents {
    let path: String

    init(_ path: String) { self.path = path }

    var names: [(path: String, size: Int)] {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return [(name, (try? OpenFile(path).size) ?? 0)]
    }

    func open(_ index: Int, named place: String) throws(ArchiveError) -> any ByteSource { try OpenFile(path) }
}
