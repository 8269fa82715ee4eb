import Glibc

/// The files of a folder and of the folders in it, by the bytes of their names.
struct FolderContents: FileContents {
    private let files: [(path: [UInt8], size: Int)]
    private let root: [UInt8]

    /// Links are followed, each folder once, under its own name rather than under that of a link. The C functions are
    /// `opendir`, `readdir`, `stat` and `lstat`.
    ///
    /// - Throws: `ArchiveError` where a folder cannot be listed.
    init(_ path: String) throws(ArchiveError) {
        root = Array(path.utf8)
        var found: [(path: [UInt8], size: Int)] = []
        var seen: Set<[UInt64]> = []
        var waiting: [[UInt8]] = [[]]
        var linked: [[UInt8]] = []
        while let folder = waiting.popLast() ?? linked.popLast() {
            let full = folder.isEmpty ? root : root + [slash] + folder
            guard let identity = Self.look(full).map({ [UInt64($0.st_dev), UInt64($0.st_ino)] }),
                seen.insert(identity).inserted
            else { continue }
            for name in try Self.names(in: full, path) {
                let inner = folder.isEmpty ? name : folder + [slash] + name
                guard let status = Self.look(root + [slash] + inner) else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR where Self.isLink(root + [slash] + inner): linked.append(inner)
                case S_IFDIR: waiting.append(inner)
                // A pipe stays in the list, so that a sentence says that it is one.
                default: found.append((inner, Int(status.st_size)))
                }
            }
        }
        files = found
    }

    var names: [(path: String, size: Int)] { files.map { (PathText.text($0.path), $0.size) } }

    func open(_ index: Int, named place: String) throws(ArchiveError) -> any ByteSource {
        try OpenFile(root + [slash] + files[index].path, named: place)
    }

    private static func names(in folder: [UInt8], _ shown: String) throws(ArchiveError) -> [[UInt8]] {
        let stream = unsafe (folder + [0]).withUnsafeBytes {
            unsafe opendir($0.baseAddress!.assumingMemoryBound(to: CChar.self))
        }
        guard let stream = unsafe stream else {
            throw ArchiveError(
                place: String(decoding: folder, as: UTF8.self), reason: "cannot be listed: \(systemErrorText())")
        }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name != [dot], name != [dot, dot] { names.append(name) }
        }
        return names
    }

    private static func isLink(_ path: [UInt8]) -> Bool {
        look(path, followingLinks: false).map { $0.st_mode & S_IFMT } == S_IFLNK
    }

    /// What a path leads to, or what is at the path itself; nil where nothing is there.
    private static func look(_ path: [UInt8], followingLinks: Bool = true) -> stat? {
        var status = stat()
        let result = unsafe (path + [0]).withUnsafeBytes {
            let text = unsafe $0.baseAddress!.assumingMemoryBound(to: CChar.self)
            return followingLinks ? unsafe stat(text, &status) : unsafe lstat(text, &status)
        }
        return result == 0 ? status : nil
    }
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")

/// Whether a path leads to a folder. The C function is `stat`.
func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
