import Archives
import Files

/// The JPEGs of CelebA by file name, in a zip archive or in a folder.
struct CelebAImages {
    /// The file names, sorted.
    let names: [String]

    /// The paths of the archive, or of the folder and the images in it.
    let files: [String]

    /// What errors call a file of this name.
    let place: (String) -> String

    /// The bytes of the file of a name.
    let read: (String) throws -> [UInt8]

    /// The images in an archive, in whatever folder of it.
    init(archive path: String) throws {
        let archive = try ZipArchive(path)
        let named = archive.members.map { (Self.lastComponent($0.name), $0) }.filter { Self.isImage($0.0) }
        let members = Dictionary(named) { first, _ in first }
        names = members.keys.sorted()
        files = [path]
        place = { "\(members[$0]?.name ?? $0) in \(path)" }
        read = { name in
            guard let member = members[name] else { throw DataError(path, "has no \(name)") }
            return try archive.contents(of: member)
        }
        try requireImages(path)
    }

    /// The images in a folder.
    init(folder: String) throws {
        let system = PosixFileSystem()
        names = try system.names(in: folder).filter(Self.isImage)
        files = [folder] + names.map { "\(folder)/\($0)" }
        place = { "\(folder)/\($0)" }
        read = { try system.read("\(folder)/\($0)") }
        try requireImages(folder)
    }

    private func requireImages(_ path: String) throws {
        guard !names.isEmpty else { throw DataError(path, "holds no .jpg files") }
    }

    /// Archives made on a Mac carry a hidden twin of every file.
    static func isImage(_ name: String) -> Bool {
        name.hasSuffix(".jpg") && !name.hasPrefix("._")
    }

    private static func lastComponent(_ path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }
}
