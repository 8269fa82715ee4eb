import Archives

/// Arrays of NumPy: `.npy` files and the members of `.npz` files.
///
/// Images are arrays (N, H, W), (N, H, W, C), (N, C, H, W) or (N, D) with D a square; of several the one with a name that images have. A word of the
/// array's or the file's name tells the split (`x_train`, `val_images`, `kmnist-test-imgs.npz`), and labels are arrays of as many rows: numbers, or
/// texts, which are numbered in their order. Beside images that have no name (`arr_0`) labels have none, either (`arr_1`).
enum NumPySource: ImageSource {
    static let names = ["npz"]
    static let takesLabels = true
    static let holdsArrays = true

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let files = source.tree.entries.filter { ["npy", "npz"].contains($0.ending) }
        guard let file = files.first else { return nil }
        let what = files.count == 1 ? file.name : "\(files.count) files, such as \(file.name)"
        return Recognition("arrays of NumPy (\(what))")
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        let arrays = try arrays(of: source)
        let images = try ArrayRoles.images(arrays, source)
        var plan = try ImportPlan(
            images.map { ($0.part, $0.split) }, source,
            provenance: ["source": "NumPy arrays of \(source.path.split(separator: "/").last ?? "a file")"])
        let (targets, notes) = try ArrayLabels.find(arrays, images, source)
        plan.targets = targets
        plan.notes += ArrayRoles.note(images) + notes
        return plan
    }

    /// All arrays of numbers; what holds Python objects is named where images are looked for.
    private static func arrays(of source: SourceFiles) throws -> ArraySet {
        var set = ArraySet()
        for entry in source.tree.entries {
            switch entry.ending {
            case "npy":
                try set.add(NPYFile(entry, in: source.tree, name: FolderLayout.stem(entry.name)), file: entry.path)
            case "npz":
                let archive = try npz(entry, source)
                let several = source.tree.entries.count { $0.ending == "npz" } > 1
                for member in archive.entries where member.ending == "npy" {
                    let name = FolderLayout.stem(member.name)
                    try set.add(
                        NPYFile(member, in: archive, name: name), file: several ? FolderLayout.stem(entry.name) : "")
                }
            default: break
            }
        }
        return set
    }

    private static func npz(_ entry: FileTree.Entry, _ source: SourceFiles) throws -> FileTree {
        guard let path = source.tree.systemPath(of: entry) else {
            throw DataError(source.tree.place(of: entry), "is an archive within an archive: unpack the outer one")
        }
        return try FileTree(zip: path)
    }
}

/// The arrays of a source.
struct ArraySet {
    /// Arrays of numbers, with the name of the file that each is in, where there are several.
    private(set) var arrays: [(array: NumberArray, file: String)] = []
    /// Arrays of texts, likewise.
    private(set) var texts: [(array: TextArray, file: String)] = []
    /// The places of arrays of Python objects.
    private(set) var objects: [String] = []
    /// What is neither: structures, complex numbers, single values.
    private(set) var others: [String] = []

    mutating func add(_ array: NumberArray, file path: String) { arrays.append((array, path)) }

    mutating func addOther(_ what: String) { others.append(what) }

    mutating func add(_ file: NPYFile, file path: String) throws {
        if file.header.holdsObjects {
            objects.append(file.place)
        } else if let array = file.array {
            arrays.append((array, path))
        } else if let array = file.texts {
            texts.append((array, path))
        } else {
            others.append("\(file.name) (\(file.header.descriptor) \(file.header.shape))")
        }
    }
}
