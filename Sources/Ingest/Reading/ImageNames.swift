import Storage

/// Where a file keeps its images and their labels: names that are known from other people's files, or that the user gives.
struct ImageNames {
    /// A dataset of images, or a group of them, and the split that its name says it is.
    struct Part: Hashable {
        let dataset: String
        let split: SplitWord?
        /// Whether it is a group with a dataset for each image.
        var isStack = false
    }

    let parts: [Part]
    /// For each part the datasets that may hold its labels, the likeliest first.
    let labels: [[String]]
    /// Which of the numbers of an image is its label, by name or from 0, where the user says one: `Smiling` of `targets/Smiling`.
    let labelColumn: String?

    /// Finds the images.
    ///
    /// - Throws: `DataError` where no name is known or several fit, with the names; `H5Error` with the library's reason where a
    ///   name is known and cannot be opened.
    init(in root: Group, _ options: ReadingOptions) throws {
        let listing = try Listing(of: root)
        if let path = options.imagesPath {
            parts = try Self.parts(at: path, in: root, listing)
        } else {
            parts = try Self.parts(of: Self.families(in: root, listing), root, listing)
        }
        let named = options.labelsPath.map { Self.labelNames($0, in: root) }
        labelColumn = named?.column
        labels = try parts.map { part in
            try named.map { [try Self.labels(at: $0.path, for: part, in: root, listing)] }
                ?? Self.labels(for: part, listing)
        }
    }

    /// Names of images without the words for splits, as people have them.
    fileprivate static let imageStems = [
        "features", "images", "image", "imgs", "img", "data", "x", "set_x", "input", "inputs", "pixels", "faces",
        "pictures",
        "encoded_images", "",
    ]
    fileprivate static let labelStems = ["targets", "labels", "target", "label", "y", "set_y", "classes", "class"]

    private static func parts(of families: [[Part]], _ root: Group, _ listing: Listing) throws -> [Part] {
        guard let only = families.first else {
            if let error = listing.closed.first?.value { throw error }
            let names = listing.shown
            throw DataError(
                root.fileName,
                "holds no images: none of features, images, imgs, data, x_train, train_set_x, train/data or data64x64 is "
                    + "there, only \(names.isEmpty ? "nothing" : names); name the dataset with --images-path")
        }
        guard families.count == 1 else {
            let names = families.compactMap(\.first?.dataset).joined(separator: ", ")
            throw DataError(root.fileName, "may hold its images in any of \(names); name one with --images-path")
        }
        return only
    }

    /// Datasets whose names differ in the split alone are one family.
    private static func families(in root: Group, _ listing: Listing) throws -> [[Part]] {
        for (path, error) in listing.closed where imageStems.contains(SplitPath(path).stem) { throw error }
        var families = grouped(imageStems.flatMap { stem in listing.datasets.filter { SplitPath($0).stem == stem } })
        if let largest = largestOfPyramid(listing.datasets) { families.append([Part(dataset: largest, split: nil)]) }
        families += grouped(listing.stacks, isStack: true)
        guard families.isEmpty else { return families }
        // A name that nobody knows is as good where nothing else can be meant.
        return grouped(listing.datasets.filter { isLikeImages($0, in: root) })
    }

    private static func grouped(_ paths: [String], isStack: Bool = false) -> [[Part]] {
        var patterns: [String] = []
        var parts: [String: [Part]] = [:]
        for path in paths {
            let name = SplitPath(path)
            if parts[name.pattern] == nil { patterns.append(name.pattern) }
            parts[name.pattern, default: []].append(Part(dataset: path, split: name.split, isStack: isStack))
        }
        return patterns.compactMap { parts[$0].map(inOrder) }
    }

    private static func inOrder(_ parts: [Part]) -> [Part] {
        let order = SplitWord.allCases
        return parts.sorted { ($0.split.flatMap(order.firstIndex) ?? 0) < ($1.split.flatMap(order.firstIndex) ?? 0) }
    }

    private static func isLikeImages(_ path: String, in root: Group) -> Bool {
        guard !labelStems.contains(SplitPath(path).stem), let dataset = try? root.sparseDataset(path),
            dataset.elementType.isNumber || dataset.elementType == .bool, (3...4).contains(dataset.shape.count)
        else { return false }
        return dataset.shape.dropFirst().reduce(1, *) >= 64
    }

    /// The largest of the datasets `data1x1`, `data2x2`, … of a file for progressive training.
    private static func largestOfPyramid(_ paths: [String]) -> String? {
        let sides = paths.compactMap { name -> Int? in
            guard let match = name.wholeMatch(of: #/data(\d+)x(\d+)/#), match.1 == match.2 else { return nil }
            return Int(match.1)
        }
        return sides.max().map { "data\($0)x\($0)" }
    }

    private static func parts(at path: String, in root: Group, _ listing: Listing) throws -> [Part] {
        let path = path.split(separator: "/").joined(separator: "/")
        switch path.isEmpty ? .group : root.kind(of: path) {
        case .closed(let error)?: throw error
        case .group?: return try parts(inGroup: path, of: root, listing)
        case .dataset?: return withOtherSplits(path, among: listing.datasets, isStack: false)
        case .other?, nil: throw missing(path, root, listing)
        }
    }

    /// A dataset or group that the user names, with those that differ from it in the split alone.
    private static func withOtherSplits(_ path: String, among all: [String], isStack: Bool) -> [Part] {
        let name = SplitPath(path)
        let others = name.split == nil ? [] : all.filter { SplitPath($0).pattern == name.pattern }
        return inOrder(
            (others.contains(path) ? others : [path]).map {
                Part(dataset: $0, split: SplitPath($0).split, isStack: isStack)
            })
    }

    /// A group that the user names: one with a dataset for each image, or one in which only one family of datasets can be images.
    private static func parts(inGroup path: String, of root: Group, _ listing: Listing) throws -> [Part] {
        let group = path.isEmpty ? root : try root.group(path)
        if !Stack.pictures(among: try group.names()).isEmpty {
            return path.isEmpty
                ? [Part(dataset: "/", split: nil, isStack: true)]
                : withOtherSplits(path, among: listing.stacks, isStack: true)
        }
        let inner = try Listing(of: group, under: path)
        let found = try families(in: root, inner)
        guard !found.isEmpty else {
            throw DataError(
                root.fileName, "has no images in the group \(path.isEmpty ? "/" : path): there are \(inner.shownOrNone)"
            )
        }
        return try parts(of: found, root, inner)
    }

    private static func missing(_ path: String, _ root: Group, _ listing: Listing) -> DataError {
        DataError(root.fileName, "has no dataset \(path); there are \(listing.shownOrNone)")
    }

    private static func labels(for part: Part, _ listing: Listing) -> [String] {
        let image = SplitPath(part.dataset)
        let named = listing.datasets.map(SplitPath.init)
        // A group of images may have any name, and its labels stand beside it or in it.
        let frames = [image.frame] + (part.isStack ? ["?", image.pattern.lowercased() + "/?"] : [])
        return frames.flatMap { frame in
            labelStems.flatMap { stem in
                zip(listing.datasets, named).filter { _, name in
                    name.stem == stem && name.split == image.split && name.frame == frame
                }.map(\.0)
            }
        }
    }

    /// The dataset of labels that a user names, and the column where its name follows that of a dataset.
    private static func labelNames(_ path: String, in root: Group) -> (path: String, column: String?) {
        let words = path.split(separator: "/").map(String.init)
        let (whole, around) = (words.joined(separator: "/"), words.dropLast().joined(separator: "/"))
        guard root.kind(of: whole) == nil, !around.isEmpty, root.kind(of: around) == .dataset else {
            return (whole, nil)
        }
        return (around, words.last)
    }

    /// The labels that a user names, and those of the other splits beside them.
    private static func labels(at path: String, for part: Part, in root: Group, _ listing: Listing) throws -> String {
        guard root.kind(of: path) == .dataset else { throw missing(path, root, listing) }
        let name = SplitPath(path)
        guard name.split != nil, name.split != part.split else { return path }
        return listing.datasets.first { SplitPath($0).pattern == name.pattern && SplitPath($0).split == part.split }
            ?? path
    }
}

/// The datasets of a file, in groups up to the third level.
private struct Listing {
    private(set) var datasets: [String] = []
    /// Groups that have a dataset for each image.
    private(set) var stacks: [String] = []
    /// What the library cannot open.
    private(set) var closed: [String: H5Error] = [:]
    /// How many names were looked at, and how many were not.
    private var looked = 0
    private var left = 0

    /// A file with more datasets than this has one for each image, or for something else.
    private static let most = 4096

    /// - Parameter path: The path of the group; empty for the whole file.
    init(of group: Group, under path: String = "") throws {
        try add(group, under: path, depth: 0, mayBeStack: path.isEmpty)
    }

    private mutating func add(_ group: Group, under path: String, depth: Int, mayBeStack: Bool = true) throws {
        let names = try group.names()
        if mayBeStack, !Stack.pictures(among: names).isEmpty {
            stacks.append(path.isEmpty ? "/" : path)
            datasets += Stack.labels(among: names).map { Self.child($0, of: path) }
            return
        }
        // Known names first, so that none is beyond the last that is looked at.
        let known = names.filter(Self.isKnown)
        for name in known + names.filter({ !Self.isKnown($0) }) where !name.hasPrefix("#") {
            guard looked < Self.most else {
                left += 1
                continue
            }
            looked += 1
            let child = Self.child(name, of: path)
            switch group.kind(of: name) {
            case .dataset?: datasets.append(child)
            case .group? where depth < 2: try add(try group.group(name), under: child, depth: depth + 1)
            case .closed(let error)?: closed[child] = error
            case .group?, .other?, nil: break
            }
        }
    }

    private static func child(_ name: String, of path: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }

    private static func isKnown(_ name: String) -> Bool {
        let path = SplitPath(name)
        return path.split != nil || ImageNames.imageStems.contains(path.stem)
            || ImageNames.labelStems.contains(path.stem)
    }

    var shown: String {
        let names = datasets + stacks.map { $0 == "/" ? $0 : $0 + "/" } + closed.keys.sorted()
        let more = max(0, names.count - 12) + left
        return names.prefix(12).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    var shownOrNone: String { shown.isEmpty ? "none" : shown }
}

/// Groups that have a dataset for each image.
enum Stack {
    /// The names that stand for one image each: numbers, files of pictures, or a word for images with a number. None where other names
    /// stand beside them that are not those of labels.
    static func pictures(among names: [String]) -> [String] {
        let found = names.filter(isPicture)
        return found.count > 1 && found.count + labels(among: names).count == names.count ? found : []
    }

    /// The names of labels.
    static func labels(among names: [String]) -> [String] {
        names.filter { !isPicture($0) && ImageNames.labelStems.contains(SplitPath($0).stem) }
    }

    private static func isPicture(_ name: String) -> Bool {
        let name = name.lowercased()
        if let dot = name.lastIndex(of: "."), endings.contains(name[name.index(after: dot)...]) { return true }
        let word = name.prefix { !$0.isASCII || !$0.isNumber }
        let number = name[word.endIndex...]
        guard !number.isEmpty, number.allSatisfy({ $0.isASCII && $0.isNumber }) else { return false }
        return word.isEmpty || words.contains(word.last == "_" || word.last == "-" ? word.dropLast() : word)
    }

    private static let endings: Set<Substring> = ["jpg", "jpeg", "png", "bmp", "webp"]
    /// `batch_1` and `part0` hold many images each, so not every word with a number is one.
    private static let words: Set<Substring> = [
        "img", "image", "im", "pic", "picture", "photo", "face", "frame", "sample", "example",
    ]
}
