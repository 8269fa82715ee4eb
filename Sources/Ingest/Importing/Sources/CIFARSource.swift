import Archives
import Storage

/// CIFAR-10 and CIFAR-100, as binary records or as Python's pickles.
///
/// A binary record of CIFAR-10 is a label and 3,072 bytes, a plane of 32 × 32 for red, green and blue each; of CIFAR-100 a coarse and a fine label come
/// first. Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009, and its page of downloads.
enum CIFARSource: ImageSource {
    static let names = ["cifar10", "cifar100"]

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        guard let set = CIFARSet(source.tree, kind: source.kind) else { return nil }
        let form = set.isBinary ? "binary records" : "pickles of Python"
        return Recognition("CIFAR-\(set.columns == 1 ? 10 : 100) (\(form))", isCertain: true)
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        guard let set = CIFARSet(source.tree, kind: source.kind) else {
            throw DataError(
                source.shown,
                "has no data_batch_1 and test_batch, nor train and test of CIFAR-100; fetch the archive again")
        }
        var (parts, values) = ([(part: ArrayImages.Part, split: String?)](), [Int32]())
        for (entry, split) in set.files {
            let batch = try set.isBinary ? records(entry, set, source) : pickle(entry, set, source)
            parts.append((.init(array: batch.images, layout: set.layout), split))
            values += batch.labels
        }
        var plan = try ImportPlan(
            parts, source, provenance: ["source": "CIFAR-\(set.columns == 1 ? 10 : 100) (Krizhevsky, 2009)"])
        plan.targets = TargetTable()
        plan.targets.names = set.columns == 1 ? ["class"] : ["coarse", "fine"]
        plan.targets.values = values
        plan.targets.classes = try classNames(set, source)
        let missing = set.expected - set.files.count
        if missing > 0 {
            plan.notes.append("\(missing) of \(set.expected) files of the set are not there: it is a part.")
        }
        return plan
    }

    /// The names in the file beside the batches, where it is there: lines, or a pickle with lists.
    private static func classNames(_ set: CIFARSet, _ source: SourceFiles) throws -> [String: [String]] {
        let columns =
            set.columns == 1
            ? [("class", "batches.meta", "label_names")]
            : [
                ("coarse", set.isBinary ? "coarse_label_names" : "meta", "coarse_label_names"),
                ("fine", set.isBinary ? "fine_label_names" : "meta", "fine_label_names"),
            ]
        var classes: [String: [String]] = [:]
        for (column, file, key) in columns {
            guard let entry = source.tree.entries.first(where: { $0.name == file + (set.isBinary ? ".txt" : "") })
            else { continue }
            let bytes = try source.tree.read(entry, atMost: 1 << 20)
            if set.isBinary {
                classes[column] = bytes.split { $0 == 10 || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
            } else if case .dictionary(let meta) = try PickleReader.read(bytes, place: source.tree.place(of: entry)) {
                classes[column] = meta[key]?.texts
            }
        }
        return classes
    }

    private typealias Batch = (images: NumberArray, labels: [Int32])

    private static func records(_ entry: FileTree.Entry, _ set: CIFARSet, _ source: SourceFiles) throws -> Batch {
        let (tree, place) = (source.tree, source.tree.place(of: entry))
        let size = set.columns + 3072
        guard entry.size > 0, entry.size % size == 0 else {
            throw DataError(place, "has \(entry.size) bytes, which is no number of records of \(size): fetch it again")
        }
        let stream = try tree.stream(entry)
        var labels: [Int32] = []
        while true {
            let record = try stream.read(size)
            guard record.count == size else { break }
            for column in 0..<set.columns { labels.append(Int32(record[column])) }
        }
        let count = labels.count / set.columns
        let images = NumberArray(place: place, name: entry.name, shape: [count, 3072], format: .byte) {
            let stream = try tree.stream(entry)
            return { wanted in
                var pixels: [UInt8] = []
                for _ in 0..<wanted / 3072 { pixels += try stream.read(size).dropFirst(size - 3072) }
                return pixels.isEmpty && wanted > 0 ? try stream.read(1) : pixels
            }
        }
        return (images, try checked(labels, set, place))
    }

    private static func pickle(_ entry: FileTree.Entry, _ set: CIFARSet, _ source: SourceFiles) throws -> Batch {
        let place = source.tree.place(of: entry)
        let value = try PickleReader.read(source.tree.read(entry, atMost: PickleReader.sizeLimit), place: place)
        guard case .dictionary(let batch) = value, case .array(let array)? = batch["data"], array.shape.count == 2,
            array.shape[1] == 3072, array.format == .byte
        else { throw DataError(place, "is no batch of CIFAR: it has no array (N, 3072) of bytes called data") }
        let columns = try (set.columns == 1 ? ["labels"] : ["coarse_labels", "fine_labels"]).map { name in
            guard let numbers = batch[name]?.integers, numbers.count == array.shape[0] else {
                throw DataError(place, "has no \(name) for its \(array.shape[0]) images")
            }
            return numbers
        }
        let labels = (0..<array.shape[0]).flatMap { row in columns.map { Int32(clamping: $0[row]) } }
        return (array.numberArray(place: place, name: "data"), try checked(labels, set, place))
    }

    private static func checked(_ labels: [Int32], _ set: CIFARSet, _ place: String) throws -> [Int32] {
        let most: Int32 = set.columns == 1 ? 9 : 99
        if let other = labels.first(where: { !(0...most).contains($0) }) {
            throw DataError(place, "has the label \(other); labels are 0 to \(most)")
        }
        return labels
    }
}

/// The files of one of the two sets.
private struct CIFARSet {
    let files: [(entry: FileTree.Entry, split: String?)]
    let isBinary: Bool
    /// Labels of an image.
    let columns: Int
    /// How many files the whole set has.
    let expected: Int

    let layout = ImageLayout.planar(height: 32, width: 32, channels: 3)

    init?(_ tree: FileTree, kind: String?) {
        let batches = (1...5).map { ("data_batch_\($0)", "train") } + [("test_batch", "test")]
        let forms: [(names: [(String, String)], ending: String, columns: Int)] = [
            (batches, ".bin", 1), (batches, "", 1), ([("train", "train"), ("test", "test")], ".bin", 2),
            ([("train", "train"), ("test", "test")], "", 2),
        ]
        let named = Dictionary(tree.entries.map { ($0.name, $0) }) { first, _ in first }
        for form in forms where kind == nil || kind == (form.columns == 1 ? "cifar10" : "cifar100") {
            let found = form.names.compactMap { name, split in
                named[name + form.ending].map { (entry: $0, split: Optional(split)) }
            }
            // Files called train and test alone say little: pickles of CIFAR-100 have a third beside them.
            let isNamed = form.columns == 1 || form.ending == ".bin" || named["meta"] != nil
            guard !found.isEmpty, isNamed, form.columns == 1 || found.count == 2 else { continue }
            (files, isBinary, columns, expected) = (found, form.ending == ".bin", form.columns, form.names.count)
            return
        }
        return nil
    }
}
