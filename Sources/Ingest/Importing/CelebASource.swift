import Files

/// Where the parts of CelebA lie, in the layouts that downloads leave.
///
/// The official one has `img_align_celeba.zip`, `list_attr_celeba.txt` and `list_eval_partition.txt`, together or in the folders `Img`, `Anno`
/// and `Eval`. The archive may be unpacked, also into a folder within a folder of the same name.
struct CelebASource {
    let images: CelebAImages
    /// The attribute file; nil where there is none.
    let attributes: String?
    /// The partition file; nil where there is none.
    let partition: String?

    /// - Parameter path: The folder, the archive, or the folder of the images themselves.
    init(_ path: String) throws {
        var folder = path
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        images = try Self.images(folder)
        let around = [folder, "\(folder)/..", "\(Self.parent(folder))"]
        let places = around.flatMap { [$0, "\($0)/Anno", "\($0)/Eval"] }
        attributes = Self.find("list_attr_celeba", in: places)
        partition = Self.find("list_eval_partition", in: places)
    }

    /// The paths of all that is read.
    var files: [String] { images.files + [attributes, partition].compactMap(\.self) }

    private static func images(_ path: String) throws -> CelebAImages {
        if path.hasSuffix(".zip") { return try CelebAImages(archive: path) }
        for folder in [path, "\(path)/Img"] {
            let names = (try? PosixFileSystem().names(in: folder)) ?? []
            if names.contains("img_align_celeba.zip") {
                return try CelebAImages(archive: "\(folder)/img_align_celeba.zip")
            }
            if names.contains("img_align_celeba") {
                return try CelebAImages(folder: unpacked("\(folder)/img_align_celeba"))
            }
            if names.contains(where: CelebAImages.isImage) { return try CelebAImages(folder: folder) }
        }
        _ = try PosixFileSystem().names(in: path)
        throw DataError(path, "has neither img_align_celeba.zip nor the folder img_align_celeba; fetch CelebA into it")
    }

    /// The innermost folder of the name, for unpacking sometimes makes two.
    private static func unpacked(_ folder: String) throws -> String {
        let inner = try PosixFileSystem().names(in: folder).contains("img_align_celeba")
        return inner ? "\(folder)/img_align_celeba" : folder
    }

    private static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func find(_ stem: String, in folders: [String]) -> String? {
        let endings = [".txt", ".csv", ".txt.gz", ".csv.gz"]
        for folder in folders {
            let names = Set((try? PosixFileSystem().names(in: folder)) ?? [])
            if let ending = endings.first(where: { names.contains(stem + $0) }) { return "\(folder)/\(stem)\(ending)" }
        }
        return nil
    }
}
