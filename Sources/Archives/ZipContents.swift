/// The files of a zip archive.
struct ZipContents: FileContents {
    private let archive: ZipArchive

    init(_ path: String) throws(ArchiveError) { archive = try ZipArchive(path) }

    var names: [(path: String, size: Int)] { archive.members.map { ($0.name, $0.size) } }

    func open(_ index: Int, named place: String) throws(ArchiveError) -> any ByteSource {
        try archive.stream(of: archive.members[index])
    }
}
