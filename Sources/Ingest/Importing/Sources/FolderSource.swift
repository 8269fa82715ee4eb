import Archives
import Pictures

/// Pictures in a folder or an archive: flat, in a folder for each class, below folders for the splits, or with a table of labels.
///
/// Whole paths are names. Folders that hold everything are looked through; `train`, `val` and `test` at the top are splits; the next folder is the
/// class, unless all such folders are numbers of five digits, as FFHQ and StyleGAN cut long lists into pieces.
enum FolderSource: ImageSource {
    static let names = ["folder"]
    static let takesLabels = true

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let pictures = pictures(in: source)
        guard !pictures.isEmpty else { return nil }
        let layout = try FolderLayout(pictures, source)
        let kind =
            switch source.tree.kind {
            case .file: "a picture"
            case .folder: "a folder of \(counted(pictures.count, "picture"))"
            case .zip, .tar: "a \(source.tree.kind.rawValue) of \(counted(pictures.count, "picture"))"
            }
        let splits = layout.splits.map { " in the splits \($0.splits.joined(separator: ", "))" } ?? ""
        let classes = layout.classNames.isEmpty ? "" : " with \(counted(layout.classNames.count, "class folder"))"
        return Recognition(kind + splits + classes)
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        let pictures = pictures(in: source)
        guard !pictures.isEmpty else {
            throw DataError(source.shown, "holds no pictures: JPEG, PNG and WebP files are read")
        }
        let layout = try FolderLayout(pictures, source)
        let (targets, notes) = try PictureLabels.find(for: layout, source)
        var plan = ImportPlan(
            assignment: layout.splits?.assignment ?? [UInt8](repeating: 0, count: layout.pictures.count),
            content: .files(source.tree, layout.pictures.map(\.entry)),
            provenance: ["source": "pictures of \(source.tree.path.split(separator: "/").last ?? "a folder")"])
        if let splits = layout.splits { plan.splits = splits.splits }
        plan.targets = targets
        plan.notes = notes
        plan.notes += note(on: source.tree.entries, besides: pictures)
        return plan
    }

    /// The first three files that are neither pictures nor their labels, and how many there are.
    private static func note(on entries: [FileTree.Entry], besides pictures: [FileTree.Entry]) -> [String] {
        let taken = Set(pictures)
        let others = entries.filter { !taken.contains($0) && !PictureLabels.tables.contains($0.name) }
        guard !others.isEmpty else { return [] }
        let names = others.prefix(3).map(\.path).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
        let was = others.count == 1 ? "was" : "were"
        return ["\(counted(others.count, "other file")) beside the pictures \(was) not imported: \(names)."]
    }

    /// Files that are called pictures, and files without a word behind a full stop that begin like one. Where there is neither, all that begin like one.
    private static func pictures(in source: SourceFiles) -> [FileTree.Entry] {
        let entries = source.tree.entries
        let found = entries.filter { entry in
            endings.contains(entry.ending) || (entry.ending.allSatisfy(\.isNumber) && isPicture(entry, source))
        }
        return found.isEmpty ? entries.prefix(10_000).filter { isPicture($0, source) } : found
    }

    private static func isPicture(_ entry: FileTree.Entry, _ source: SourceFiles) -> Bool {
        PictureFormat(of: (try? source.tree.read(entry, atMost: 12)) ?? []) != nil
    }

    private static let endings: Set = [
        "jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm",
    ]
}

/// What the folders of pictures mean.
struct FolderLayout {
    /// A picture with the path that is left behind the folders that hold everything and that of its split.
    struct Picture {
        let entry: FileTree.Entry
        let rest: [Substring]
    }

    /// In the order in which they are imported.
    let pictures: [Picture]
    let splits: (splits: [String], assignment: [UInt8])?
    /// The class folders, in order; none where the folders are no classes.
    let classNames: [String]

    init(_ entries: [FileTree.Entry], _ source: SourceFiles) throws {
        let sorted = SourceOrder.sorted(entries) { ($0.folder, Self.stem($0.name)) }
        let paths = Self.withoutSharedFolders(sorted.map { $0.path.split(separator: "/") })
        let named = Self.splits(of: paths)
        let found = named.compactMap(\.self)
        if !found.isEmpty, found.count < named.count {
            let other = paths[named.firstIndex { $0 == nil }!].joined(separator: "/")
            let split = paths[named.firstIndex { $0 != nil }!].joined(separator: "/")
            throw DataError(
                source.shown,
                "has \(split) in a split's folder and \(other) in none: put all pictures into train, val and test, or none"
            )
        }
        splits = found.isEmpty ? nil : SplitNames.number(found)
        let rests = found.isEmpty ? paths : Self.withoutSharedFolders(Self.behind(found, paths))
        pictures = zip(sorted, rests).map(Picture.init)
        classNames = Self.classes(rests)
    }

    /// The split that each path's first folder names; words such as `seg_train` count where all folders have one, and not all the same.
    private static func splits(of paths: [[Substring]]) -> [String?] {
        let exact = paths.map { $0.count > 1 ? SplitNames.split(of: $0[0]) : nil }
        guard exact.allSatisfy({ $0 == nil }) else { return exact }
        let within = paths.map { $0.count > 1 ? SplitNames.split(within: String($0[0])) : nil }
        return within.contains(nil) || Set(within).count == 1 ? exact : within
    }

    /// The paths behind the folders of the splits, some of which are doubled: `seg_train/seg_train/forest`.
    private static func behind(_ splits: [String], _ paths: [[Substring]]) -> [[Substring]] {
        var rests = paths.map { Array($0.dropFirst()) }
        while zip(rests, splits).allSatisfy({ $0.count > 1 && SplitNames.split(within: String($0[0])) == $1 }) {
            rests = rests.map { Array($0.dropFirst()) }
        }
        return rests
    }

    /// Without the folders in which everything is.
    private static func withoutSharedFolders(_ paths: [[Substring]]) -> [[Substring]] {
        var paths = paths
        while let first = paths.first?.first, SplitNames.split(of: first) == nil,
            paths.allSatisfy({ $0.count > 1 && $0[0] == first })
        {
            paths = paths.map { Array($0.dropFirst()) }
        }
        return paths
    }

    private static func classes(_ paths: [[Substring]]) -> [String] {
        guard paths.allSatisfy({ $0.count > 1 }) else { return [] }
        let folders = Set(paths.map { String($0[0]) })
        let areBlocks = folders.allSatisfy { $0.count == 5 && $0.allSatisfy(\.isNumber) }
        return areBlocks ? [] : folders.sorted(by: SourceOrder.precedes)
    }

    /// What comes behind the last full stop of a name, in small letters.
    static func ending(_ name: String) -> String { name.split(separator: ".").dropFirst().last?.lowercased() ?? "" }

    /// A name without its ending.
    static func stem(_ name: String) -> String {
        name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    /// Whether pictures lie beside class folders, so that those mean nothing.
    var hasPicturesBesideFolders: Bool {
        pictures.contains { $0.rest.count == 1 } && pictures.contains { $0.rest.count > 1 }
    }
}
