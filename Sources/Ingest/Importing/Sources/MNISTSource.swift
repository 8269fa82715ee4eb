import Archives
import Foundation

/// MNIST and the sets in its form: IDX files, gzipped or not, wherever in the source they lie.
///
/// Their names are `train-images-idx3-ubyte` or `train-images.idx3-ubyte`, `t10k` or `test` for the test set, with the name of the set before them
/// (`emnist-letters-`, `qmnist-`); Kaggle puts each into a folder of its own name. What images are (digits, clothes, characters) the labels tell.
/// EMNIST's pictures lie column by column.
enum MNISTSource: ImageSource {
    static let names = ["mnist"] + ["emnist"] + EMNIST.variants.map { "emnist-\($0)" }

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let sets = IDXSet.all(in: source.tree)
        guard !sets.isEmpty else { return nil }
        guard sets.count == 1 else { return Recognition("\(sets.count) sets in MNIST's form", isCertain: true) }
        let labels = try? source.tree.stream(sets[0].entry("train", "labels", source), unpacking: true).read(18)
        let kind = SetKind(sets[0], firstLabels: labels?.dropFirst(8).map { Int($0) } ?? [])
        return Recognition("\(kind.name) (IDX files)", isCertain: true)
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        let set = try IDXSet.choose(source)
        let prefixes = [("train", "train"), ("test", "t10k")]
        let parts = try prefixes.map { try Part(set, split: $0.0, prefix: $0.1, source) }
        let kind = SetKind(set, firstLabels: parts[0].labels.prefix(10).map { Int($0) })
        if kind.mostLabel == 9 {
            for part in parts {
                guard let other = part.labels.first(where: { !(0...9).contains($0) }) else { continue }
                throw DataError(part.labelPlace, "has the label \(other); digits are 0 to 9")
            }
        }
        if let empty = parts.first(where: { $0.images.shape.contains(0) }) {
            throw DataError(empty.images.place, "is \(empty.images.shape): it holds no pixels")
        }
        guard parts[0].images.shape[1...] == parts[1].images.shape[1...] else {
            throw DataError(
                source.path,
                "has training images of \(Array(parts[0].images.shape[1...])) pixels and test images of \(Array(parts[1].images.shape[1...]))"
            )
        }
        let arrays = parts.map { part in
            let (height, width) = (part.images.shape[1], part.images.shape[2])
            let layout: ImageLayout =
                kind.isTransposed
                ? .columns(height: height, width: width, channels: 1)
                : .planar(height: height, width: width, channels: 1)
            return (part: ArrayImages.Part(array: part.images, layout: layout), split: Optional(part.split))
        }
        var plan = try ImportPlan(arrays, source, provenance: ["source": kind.title])
        plan.targets = TargetTable(kind.column, numbers: parts.flatMap(\.labels))
        if kind.isTransposed { plan.notes.append("EMNIST's pictures lie column by column and were turned.") }
        return plan
    }

    /// The images and labels of one split.
    private struct Part {
        let split: String
        let images: NumberArray
        let labels: [Int32]
        let labelPlace: String

        init(_ set: IDXSet, split: String, prefix: String, _ source: SourceFiles) throws {
            let file = try IDXFile(set.entry(prefix, "images", source), in: source.tree, rank: 3)
            let entry = try set.entry(prefix, "labels", source)
            // QMNIST's labels have eight columns, of which the first is the digit.
            let columns = entry.name.contains("idx2") ? 8 : 1
            let labels = try IDXFile(entry, in: source.tree, rank: columns == 8 ? 2 : 1)
            let count = labels.array.count
            guard file.array.count == count, count > 0 else {
                throw DataError(labels.array.place, "has \(count) labels for \(file.array.count) images")
            }
            guard labels.array.rowCount == columns else {
                throw DataError(labels.array.place, "has \(labels.array.rowCount) columns; QMNIST's labels have 8")
            }
            let numbers = try labels.numbers()
            self.split = split
            images = file.array
            labelPlace = labels.array.place
            self.labels = try stride(from: 0, to: numbers.count, by: columns).map {
                guard let label = Int32(exactly: numbers[$0]) else {
                    throw DataError(labels.array.place, "holds \(numbers[$0]), which is no label")
                }
                return label
            }
        }
    }
}

/// Files in MNIST's form that belong together.
struct IDXSet {
    /// The folder that they are in, and what their names begin with.
    let key: String
    private var files: [String: FileTree.Entry] = [:]

    /// The name of the set, as far as names tell.
    var name: String? {
        let words = key.lowercased()
        if let variant = EMNIST.variants.first(where: { words.contains("emnist-\($0)") }) {
            return "EMNIST's \(variant)"
        }
        let known = [("fashion", "Fashion-MNIST"), ("kuzushiji", "KMNIST"), ("kmnist", "KMNIST"), ("qmnist", "QMNIST")]
        return known.first { words.contains($0.0) }?.1
    }

    /// All sets of a source.
    static func all(in tree: FileTree) -> [IDXSet] {
        let root = tree.path.split(separator: "/").last ?? ""
        var sets: [String: IDXSet] = [:]
        // The plain file before the packed one, the flat one before the deep one.
        let entries = tree.entries.filter { $0.ending.isEmpty || $0.ending == "gz" || $0.ending.hasPrefix("idx") }
            .sorted { depth($0) < depth($1) }
        for entry in entries {
            guard let (role, prefix) = role(of: entry.name) else { continue }
            var folders = entry.folder.split(separator: "/")
            if let last = folders.last, self.role(of: String(last)) != nil { folders.removeLast() }
            let key =
                (tree.kind == .folder || tree.kind == .zip ? [root] + folders : folders).joined(separator: "/") + "/"
                + prefix
            var set = sets[key] ?? IDXSet(key: key)
            if set.files[role] == nil { set.files[role] = entry }
            sets[key] = set
        }
        return sets.values.sorted { $0.key < $1.key }
    }

    private static func depth(_ entry: FileTree.Entry) -> Int {
        2 * entry.path.split(separator: "/").count + (entry.ending == "gz" ? 1 : 0)
    }

    /// What a file is by its name, such as `train labels`, and what the name begins with; nil for other files.
    private static func role(of name: String) -> (role: String, prefix: String)? {
        let name = name.lowercased()
        guard name.contains("idx"), !name.hasSuffix(".zip"), !name.hasSuffix(".tar") else { return nil }
        let words = name.split { !$0.isLetter && !$0.isNumber }
        guard let split = words.firstIndex(where: { SplitNames.split(of: $0) != nil }),
            let what = words.dropFirst(split + 1).first, ["images", "labels"].contains(what)
        else { return nil }
        let prefix = SplitNames.split(of: words[split]) == "train" ? "train" : "t10k"
        return ("\(prefix) \(what)", words[..<split].map { "\($0)-" }.joined())
    }

    /// The set that is meant.
    static func choose(_ source: SourceFiles) throws -> IDXSet {
        let all = all(in: source.tree)
        let wanted = source.kind.flatMap { kind in EMNIST.variants.first { kind == "emnist-\($0)" } }
        let sets = wanted.map { variant in all.filter { $0.key.lowercased().contains("emnist-\(variant)-") } } ?? all
        guard let set = sets.first else {
            guard wanted == nil else { throw DataError(source.path, "has no files of EMNIST's \(wanted!)") }
            return IDXSet(key: "")
        }
        guard sets.count == 1 else {
            let variants = sets.compactMap(\.name).filter { $0.hasPrefix("EMNIST") }
            let choice =
                variants.count == sets.count
                ? "say which with --as, such as --as emnist-balanced" : "name the folder of one"
            throw DataError(
                source.path, "holds \(sets.count) sets, in \(sets.map(\.key).joined(separator: ", ")): \(choice)")
        }
        return set
    }

    /// One of the four files.
    func entry(_ prefix: String, _ what: String, _ source: SourceFiles) throws -> FileTree.Entry {
        if let entry = files["\(prefix) \(what)"] { return entry }
        let name = "\(prefix)-\(what)-\(what == "images" ? "idx3" : "idx1")-ubyte"
        throw DataError(source.path, "has no \(name) or \(name).gz; fetch MNIST's four files into it")
    }
}

/// EMNIST. Source: Cohen, Afshar, Tapson, van Schaik, "EMNIST: extending MNIST to handwritten letters", IJCNN 2017.
enum EMNIST {
    static let variants = ["balanced", "byclass", "bymerge", "digits", "letters", "mnist"]
}

/// What the images of a set in MNIST's form show.
private struct SetKind {
    let title: String
    let column: String
    /// The greatest label.
    let mostLabel: Int
    let isTransposed: Bool

    /// The title without those who made it.
    var name: String { String(title.prefix { $0 != "(" }).trimmingCharacters(in: .whitespaces) }

    /// By the first labels of the training set, which no packing changes, and otherwise by names.
    init(_ set: IDXSet, firstLabels: [Int]) {
        if let name = set.name, name.hasPrefix("EMNIST") {
            (title, column, mostLabel, isTransposed) = ("\(name) (Cohen et al., 2017)", "character", 61, true)
            return
        }
        isTransposed = false
        mostLabel = 9
        switch (firstLabels, set.name) {
        case ([9, 0, 0, 3, 0, 2, 7, 2, 5, 5], _), (_, "Fashion-MNIST"?):
            (title, column) = ("Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017)", "class")
        case ([8, 7, 0, 1, 4, 2, 4, 8, 1, 1], _), (_, "KMNIST"?):
            (title, column) = ("KMNIST (Clanuwat et al., 2018)", "class")
        case (_, "QMNIST"?): (title, column) = ("QMNIST (Yadav, Bottou, 2019)", "digit")
        case ([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], _): (title, column) = ("MNIST (LeCun, Cortes, Burges)", "digit")
        default: (title, column) = ("a set in MNIST's form", "digit")
        }
    }
}
