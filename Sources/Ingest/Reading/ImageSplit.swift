import Randomness
import Storage

/// A named part of a dataset.
public struct ImageSplit: Hashable, Sendable {
    /// Such as `train`, `valid` or `test`.
    public let name: String

    /// The rows of its images, in order.
    public let rows: [Int]

    /// The splits of a file and, in words, where they come from. Names that people have for the usual three become those.
    static func all(
        of names: ImageNames, counts: [Int], in root: Group
    ) throws -> (splits: [ImageSplit], source: String) {
        let count = counts.reduce(0, +)
        if let image = names.parts.first?.dataset, let entries = try root.splits() {
            let splits = try fuel(entries.filter { $0.source == image && $0.available }, count: count, in: root)
            try requireApart(splits, in: root)
            if !splits.isEmpty { return (splits, "the file's split attribute") }
        }
        if names.parts.count == 1, let splits = try named(by: DatasetNames.split, count: count, in: root) {
            return (splits, "the file's dataset \(DatasetNames.split)")
        }
        // Images that are there to be tested with are not trained on because nothing else is there.
        let alone = names.parts.count == 1 ? names.parts[0].split : nil
        let words = names.parts.compactMap(\.split)
        if let twice = SplitWord.allCases.first(where: { word in words.count { $0 == word } > 1 }) {
            let paths = names.parts.filter { $0.split == twice }.map(\.dataset).joined(separator: " and ")
            throw DataError(
                root.fileName,
                "has \(paths), which are both \(twice.rawValue): name one with --images-path, or rename one")
        }
        if names.parts.count > 1 || alone == .valid || alone == .test {
            return (consecutive(names.parts, counts), "the names of the datasets")
        }
        return (share(of: count), "a keyed shuffle that holds a tenth out, as the file has none")
    }

    /// The splits of Fuel's table, in the order in which their names first appear.
    private static func fuel(_ entries: [SplitEntry], count: Int, in root: Group) throws -> [ImageSplit] {
        var splits: [ImageSplit] = []
        var total = 0
        for entry in entries {
            let rows = try rows(of: entry, count: count, in: root)
            total += rows.count  // a small table could name all rows a thousand times
            guard total <= mentions * count else {
                throw DataError(
                    root.fileName, "has splits with more than \(mentions) times its \(count) images together")
            }
            let name = SplitWord.name(entry.split)
            if let index = splits.firstIndex(where: { $0.name == name }) {
                splits[index] = ImageSplit(name: name, rows: splits[index].rows + rows)
            } else {
                splits.append(ImageSplit(name: name, rows: rows))
            }
        }
        return splits
    }

    /// The splits that a dataset of texts names, one for each image, in the order in which they first appear; nil where there is no such dataset.
    private static func named(by name: String, count: Int, in root: Group) throws -> [ImageSplit]? {
        guard root.kind(of: name) == .dataset, let dataset = try? root.dataset(name), dataset.shape == [count],
            case .string = dataset.elementType
        else { return nil }
        let words = try dataset.texts().map(SplitWord.name)
        var order: [String] = []
        var rows: [String: [Int]] = [:]
        for (row, word) in words.enumerated() {
            if rows[word] == nil { order.append(word) }
            rows[word, default: []].append(row)
            guard order.count <= mentions * SplitWord.allCases.count else { return nil }
        }
        return order.map { ImageSplit(name: $0, rows: rows[$0]!) }
    }

    /// What a model is fitted to, chosen by and judged by. Other splits may be made of these, such as `train_valid`.
    private static func requireApart(_ splits: [ImageSplit], in root: Group) throws {
        let known = SplitWord.allCases.compactMap { word in splits.first { $0.name == word.rawValue } }
        for (index, split) in known.enumerated() {
            for other in known[(index + 1)...] { try split.requireApart(from: other, file: root.fileName) }
        }
    }

    /// An image that a model was fitted to says nothing about images that it has not seen.
    func requireApart(from other: ImageSplit, file: String) throws {
        let own = Set(rows)
        let shared = Set(other.rows.filter(own.contains)).sorted()
        guard let first = shared.first, let last = shared.last else { return }
        let images = counted(shared.count, "image")
        let places = shared.count == 1 ? "row \(first)" : "rows \(first) to \(last)"
        throw DataError(
            file,
            "has \(images) in both \(name) and \(other.name) (\(places)): an image of one must be in no other, "
                + "so make the splits again")
    }

    /// The split without some rows.
    func without(_ missing: Set<Int>) -> ImageSplit {
        missing.isEmpty ? self : ImageSplit(name: name, rows: rows.filter { !missing.contains($0) })
    }

    /// How often all images may be in splits, on the average: overlapping splits are rare, and never many.
    private static let mentions = 8

    private static func rows(of entry: SplitEntry, count: Int, in root: Group) throws -> [Int] {
        let beyond = DataError(root.fileName, "has a split \(entry.split) with rows beyond its \(count) images")
        guard let indices = entry.indices else {
            guard entry.rows.upperBound <= count else { throw beyond }
            return Array(entry.rows)
        }
        let rows = try root.dataset(indices).read(converting: Int.self)
        guard rows.allSatisfy({ (0..<count).contains($0) }) else { throw beyond }
        return rows
    }

    private static func consecutive(_ parts: [ImageNames.Part], _ counts: [Int]) -> [ImageSplit] {
        var start = 0
        return zip(parts, counts).map { part, count in
            defer { start += count }
            return ImageSplit(name: part.split?.rawValue ?? part.dataset, rows: Array(start..<start + count))
        }
    }

    /// Holds out the tenth of the rows whose keyed random number is least, at least one.
    private static func share(of count: Int) -> [ImageSplit] {
        guard count > 1 else { return [ImageSplit(name: "train", rows: Array(0..<count))] }
        let stream = RandomStream(seed: 0, operator: RandomStream.shuffle)
        let keys = (0..<count).map { (stream.bits($0), $0) }.sorted { $0 < $1 }
        let held = Set(keys.prefix(max(1, count / 10)).map(\.1))
        return [
            ImageSplit(name: "train", rows: (0..<count).filter { !held.contains($0) }),
            ImageSplit(name: "valid", rows: held.sorted()),
        ]
    }
}
