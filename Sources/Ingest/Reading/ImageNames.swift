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
        labels = try parts.map { part in
            try options.labelsPath.map { [try Self.labels(at: $0, for: part, in: root, listing)] }
                ?? Self.labels(for: part, listing)
        }
    }

    /// Names of images without the words for splits, as people have them.
    private static let imageStems = [
        "features", "images", "image", "imgs", "img", "data", "x", "set_x", "input", "inputs", "pixels", "faces",
        "pictures",
        "encoded_images", "",
    ]
    private static let labelStems = ["targets", "labels", "target", "label", "y", "set_y", "classes", "class"]

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
        families += listing.stacks.map { [Part(dataset: $0, split: nil, isStack: true)] }
        guard families.isEmpty else { return families }
        // A name that nobody knows is as good where nothing else can be meant.
        return grouped(listing.datasets.filter { isLikeImages($0, in: root) })
    }

    private static func grouped(_ paths: [String]) -> [[Part]] {
        var patterns: [String] = []
        var parts: [String: [Part]] = [:]
        for path in paths {
            let name = SplitPath(path)
            if parts[name.pattern] == nil { patterns.append(name.pattern) }
            parts[name.pattern, default: []].append(Part(dataset: path, split: name.split))
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
        switch root.kind(of: path) {
        case .closed(let error)?: throw error
        case .group?: return [Part(dataset: path, split: nil, isStack: true)]
        case .dataset?:
            let name = SplitPath(path)
            let others = name.split == nil ? [] : listing.datasets.filter { SplitPath($0).pattern == name.pattern }
            return inOrder(
                (others.contains(path) ? others : [path]).map { Part(dataset: $0, split: SplitPath($0).split) })
        case .other?, nil: throw missing(path, root, listing)
        }
    }

    private static func missing(_ path: String, _ root: Group, _ listing: Listing) -> DataError {
        DataError(root.fileName, "has no dataset \(path); there are \(listing.shown.isEmpty ? "none" : listing.shown)")
    }

    private static func labels(for part: Part, _ listing: Listing) -> [String] {
        let image = SplitPath(part.dataset)
        let named = listing.datasets.map(SplitPath.init)
        return labelStems.flatMap { stem in
            zip(listing.datasets, named).filter { _, name in
                name.stem == stem && name.split == image.split && name.frame == (part.isStack ? "?" : image.frame)
            }.map(\.0)
        }
    }

    /// The labels that a user names, and those of the other splits beside them.
    private static func labels(at path: String, for part: Part, in root: Group, _ listing: Listing) throws -> String {
        let path = path.split(separator: "/").joined(separator: "/")
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

    /// A file with more datasets than this has one for each image, or for something else.
    private static let most = 4096
    /// The names of a group from which on only the first are looked at.
    private static let many = 256

    init(of root: Group) throws {
        try add(root, under: "", depth: 0)
    }

    private mutating func add(_ group: Group, under path: String, depth: Int) throws {
        let names = try group.names()
        if !path.isEmpty, Self.isStack(names) { return stacks.append(path) }
        for name in names.prefix(Self.many) where !name.hasPrefix("#") && datasets.count < Self.most {
            let child = path.isEmpty ? name : "\(path)/\(name)"
            switch group.kind(of: name) {
            case .dataset?: datasets.append(child)
            case .group? where depth < 2: try add(try group.group(name), under: child, depth: depth + 1)
            case .closed(let error)?: closed[child] = error
            case .group?, .other?, nil: break
            }
        }
    }

    /// Whether names are those of pictures: numbers, or files.
    private static func isStack(_ names: [String]) -> Bool {
        names.count > 1
            && names.allSatisfy { $0.wholeMatch(of: #/[0-9]+|.*\.(jpg|jpeg|png|bmp|webp)/#.ignoresCase()) != nil }
    }

    var shown: String {
        let names = datasets + stacks.map { $0 + "/" } + closed.keys.sorted()
        return names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }
}
