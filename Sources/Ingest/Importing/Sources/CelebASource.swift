import Archives
import Files

/// CelebA's aligned images: official splits, named attributes, one crop and size for all.
///
/// The official download has `img_align_celeba.zip`, `list_attr_celeba.txt` and `list_eval_partition.txt`, together or in the folders `Img`, `Anno`
/// and `Eval`. The archive may be unpacked, also into a folder within a folder of the same name, and the lists may lie beside it. Any subset
/// of the images will do.
/// Source: Liu, Luo, Wang, Tang, "Deep learning face attributes in the wild", ICCV 2015. The images are for non-commercial research
/// and may not be passed on, which the file says in an attribute.
enum CelebASource: ImageSource {
    static let names = ["celeba"]

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let words = ["img_align_celeba", "list_attr_celeba", "list_eval_partition"]
        let folders = Set(source.tree.entries.map(\.folder)).flatMap { $0.split(separator: "/") }
        let names = source.tree.entries.map(\.name) + folders.map(String.init)
        let own = source.path.split(separator: "/").last.map(String.init) ?? ""
        guard (names + [own]).contains(where: { name in words.contains { name.hasPrefix($0) } }) else { return nil }
        return Recognition("CelebA", isCertain: true)
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        let images = try images(of: source)
        let table = try CelebAPlan(images.entries.map(\.name), CelebALists(source))
        var plan = ImportPlan(
            splits: table.splits, assignment: table.assignment,
            content: .files(images.tree, images.entries),
            provenance: [
                "source": "CelebA, img_align_celeba (Liu et al., ICCV 2015)",
                "terms": "Non-commercial research only; the images may not be passed on.",
            ], notes: table.notes)
        (plan.targets.names, plan.targets.values) = (table.targetNames, table.targets)
        plan.usual.size = PictureSize(width: 64, height: 64)
        plan.usual.crop = .celeba(.standard)
        plan.usual.color = .rgb
        plan.usual.only = (
            PictureSize(width: CelebACrop.imageWidth, height: CelebACrop.imageHeight), "CelebA's aligned images"
        )
        return plan
    }

    /// The lists beside a source, which are read as well.
    static func listsBeside(_ source: SourceFiles) -> [String] {
        let lists = CelebALists(source)
        return [lists.attributes?.path, lists.partition?.path].compactMap(\.self)
    }

    private static func images(of source: SourceFiles) throws -> (tree: FileTree, entries: [FileTree.Entry]) {
        if let zip = source.tree.entries.first(where: { $0.name == "img_align_celeba.zip" }), source.tree.kind != .file
        {
            guard let path = source.tree.systemPath(of: zip) else {
                throw DataError(source.tree.place(of: zip), "is an archive within an archive: unpack the outer one")
            }
            let tree = try FileTree(path)
            return (tree, try entries(of: tree))
        }
        return (source.tree, try entries(of: source.tree))
    }

    /// The images of a tree by name, which is what the lists know them by.
    private static func entries(of tree: FileTree) throws -> [FileTree.Entry] {
        let all = tree.entries.filter { isImage($0.name) }
        let folders = Set(all.map(\.folder)).filter { $0.split(separator: "/").contains("img_align_celeba") }
        let named = all.filter { folders.contains($0.folder) }
        let images = (named.isEmpty ? all : named).sorted { $0.name < $1.name }
        guard !images.isEmpty else { throw nothing(in: tree.path) }
        if let twin = zip(images, images.dropFirst()).first(where: { $0.name == $1.name }) {
            throw DataError(
                tree.path, "has \(twin.0.name) twice, as \(twin.0.path) and \(twin.1.path): name one of the folders")
        }
        return images
    }

    static func isImage(_ name: String) -> Bool {
        let name = name.lowercased()
        return [".jpg", ".jpeg", ".png"].contains { name.hasSuffix($0) }
    }

    private static func nothing(in path: String) -> DataError {
        let names = (try? PosixFileSystem().names(in: path)) ?? []
        if path.hasSuffix(".zip") || names.contains("img_align_celeba") {
            return DataError(path.hasSuffix(".zip") ? path : "\(path)/img_align_celeba", "holds no .jpg files")
        }
        return DataError(
            path, "has neither img_align_celeba.zip nor the folder img_align_celeba; fetch CelebA into it")
    }
}

/// Where CelebA's lists are: in the source, or beside it.
struct CelebALists {
    /// A list, by its path or what errors call it.
    struct List {
        let path: String
        let read: () throws -> [UInt8]
    }

    /// The attribute file; nil where there is none.
    let attributes: List?
    /// The partition file; nil where there is none.
    let partition: List?

    init(_ source: SourceFiles) {
        attributes = Self.find("list_attr_celeba", source)
        partition = Self.find("list_eval_partition", source)
    }

    private static func find(_ stem: String, _ source: SourceFiles) -> List? {
        let names = [".txt", ".csv", ".txt.gz", ".csv.gz"].map { stem + $0 }
        let tree = source.tree
        let inside = tree.kind == .file ? [] : tree.entries.filter { names.contains($0.name) }
        if let entry = inside.min(by: { rank($0, names) < rank($1, names) }) {
            return List(path: tree.place(of: entry)) {
                try tree.stream(entry, unpacking: true).read(FileTree.sizeLimit)
            }
        }
        for folder in places(around: source.path) {
            let there = Set((try? PosixFileSystem().names(in: folder)) ?? [])
            if let name = names.first(where: there.contains) {
                return List(path: "\(folder)/\(name)") {
                    let tree = try FileTree("\(folder)/\(name)")
                    return try tree.entries.first.map { try tree.stream($0, unpacking: true).read(FileTree.sizeLimit) }
                        ?? []
                }
            }
        }
        return nil
    }

    /// Flat before deep, text before table, plain before packed.
    private static func rank(_ entry: FileTree.Entry, _ names: [String]) -> Int {
        entry.path.split(separator: "/").count * names.count + (names.firstIndex(of: entry.name) ?? 0)
    }

    private static func places(around path: String) -> [String] {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let above = parent == "." ? ".." : "\(parent)/.."
        let isFolder = (try? PosixFileSystem().names(in: path)) != nil
        return ([parent] + (isFolder ? [above] : [])).flatMap { [$0, "\($0)/Anno", "\($0)/Eval"] }
    }
}
