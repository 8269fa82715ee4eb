import Storage

/// What a dataset says about each of its images: K numbers.
public struct ImageTargets: Hashable, Sendable {
    /// The number of columns, K.
    public let columnCount: Int

    /// The columns' names, or none where the file has none.
    public let names: [String]

    /// The texts that the numbers stand for, in order, where the file has texts; there may be numbers without one.
    public let classNames: [String]

    /// The datasets that hold them, part by part.
    let datasets: [String]

    /// Which of a dataset's columns is the only one here; nil where all are.
    private let column: Int?

    /// Finds the labels of each part by their number of rows; nil where one part has none.
    ///
    /// - Parameters:
    ///   - counts: The number of images of each part.
    ///   - notes: Takes a sentence about labels that are there and were left out.
    init?(of found: ImageNames, counts: [Int], in root: Group, notes: inout [String]) throws {
        var datasets: [Dataset] = []
        for (index, part) in found.parts.enumerated() {
            guard let dataset = try Self.labels(found.labels[index], counts[index], part, root, &notes) else {
                continue
            }
            datasets.append(dataset)
        }
        guard let first = datasets.first else { return nil }
        guard datasets.count == found.parts.count else {
            notes.append("labels are left out: not every set of images has some")
            return nil
        }
        let widths = zip(datasets, counts).map { Self.width(of: $0, count: $1) ?? 0 }
        let isText = datasets.map(\.isText)
        guard Set(widths).count == 1, Set(isText).count == 1 else {
            notes.append(
                "labels are left out: \(datasets.map { "\($0.name) has shape \($0.shape)" }.joined(separator: ", "))")
            return nil
        }
        self.datasets = datasets.map { String($0.name.drop { $0 == "/" }) }
        var names = Self.names(of: first, in: root)
        if names.count != widths[0] { names = [] }
        column = try found.labelColumn.map { try Self.column($0, of: first.name, in: root, names, widths[0]) }
        columnCount = column == nil ? widths[0] : 1
        self.names = names.isEmpty ? [] : column.map { [names[$0]] } ?? names
        let texts = isText[0] ? try datasets.flatMap { try $0.texts() } : []
        let said = texts.filter { !$0.isBlankLabel }
        if said.count < texts.count {
            let blank = texts.count - said.count
            notes.append("\(blank) of \(counted(texts.count, "label")) are blank, and count as missing")
        }
        classNames =
            isText[0]
            ? Set(said).sorted()
            : columnCount == 1 ? self.names.first.map { Self.classNames(in: root, of: $0, widths[0]) } ?? [] : []
    }

    private static func names(of targets: Dataset, in root: Group) -> [String] {
        if let names: [String] = try? targets.texts(DatasetNames.targetNames) { return names }
        guard let names = try? root.dataset(DatasetNames.manyTargetNames), names.isText else { return [] }
        return (try? names.texts()) ?? []
    }

    /// The most texts that are taken for names of classes.
    private static let mostClasses = 1000

    /// What numbers from 0 stand for, as an import from texts or from folders leaves it beside a column that it names.
    private static func classNames(in root: Group, of column: String, _ width: Int) -> [String] {
        let place = width == 1 ? DatasetNames.classNames : "\(DatasetNames.classNames) \(column)"
        guard let dataset = try? root.dataset(place), dataset.isText, dataset.shape.count == 1,
            dataset.shape[0] <= mostClasses
        else { return [] }
        return (try? dataset.texts()) ?? []
    }

    private static func column(
        _ word: String, of dataset: String, in root: Group, _ names: [String], _ width: Int
    ) throws -> Int {
        if let index = names.firstIndex(of: word) ?? Int(word), (0..<width).contains(index) { return index }
        throw DataError(
            root.fileName,
            "has no label \(word) in \(dataset), only \(names.isEmpty ? "0 to \(width - 1)" : names.joined(separator: ", "))"
        )
    }

    /// The first of some datasets that has a row for each image.
    private static func labels(
        _ paths: [String], _ count: Int, _ part: ImageNames.Part, _ root: Group, _ notes: inout [String]
    ) throws -> Dataset? {
        for path in paths {
            let dataset: Dataset
            do { dataset = try root.dataset(path) } catch {
                notes.append("\(path) is left out: \(error.reason)")
                continue
            }
            guard dataset.isText || dataset.elementType.isNumber || dataset.elementType == .bool else {
                notes.append("\(path) is left out: it holds \(dataset.elementType), and labels are numbers or texts")
                continue
            }
            guard width(of: dataset, count: count) != nil else {
                notes.append(
                    "\(path) is left out: it has shape \(dataset.shape), and \(part.dataset) has \(counted(count, "image"))"
                )
                continue
            }
            return dataset
        }
        return nil
    }

    /// K; nil where there is no row for each image. MATLAB turns (N, K) into (K, N).
    private static func width(of dataset: Dataset, count: Int) -> Int? {
        guard dataset.shape.count <= 2 else { return nil }
        if dataset.shape.first == count, dataset.rowElementCount > 0 { return dataset.rowElementCount }
        return isTurned(dataset, count: count) ? dataset.shape[0] : nil
    }

    fileprivate static func isTurned(_ dataset: Dataset, count: Int) -> Bool {
        dataset.shape.count == 2 && dataset.shape[0] != count && dataset.shape[1] == count
            && (dataset.shape[0] == 1 || dataset.hasAttribute("MATLAB_class"))
    }

    /// The numbers of one part, image by image.
    fileprivate func values(of dataset: Dataset, count: Int) throws -> [Double] {
        guard !dataset.isText else {
            let numbers = Dictionary(uniqueKeysWithValues: classNames.enumerated().map { ($1, Double($0)) })
            return try dataset.texts().map { numbers[$0] ?? .nan }
        }
        let values = try dataset.read(converting: Double.self)
        let width = values.count / max(1, count)
        let columns = column.map { $0..<$0 + 1 } ?? 0..<width
        let isTurned = Self.isTurned(dataset, count: count)
        guard isTurned || columns.count < width else { return values }
        return (0..<count).flatMap { row in columns.map { values[isTurned ? $0 * count + row : row * width + $0] } }
    }
}

extension Dataset {
    fileprivate var isText: Bool {
        if case .string = elementType { true } else { false }
    }
}

extension ImageDataset {
    /// Reads the targets of all images, image by image: N · K numbers, or none where the file has no targets.
    ///
    /// Texts are numbered in alphabetical order. A label that is missing, be it a blank text, is NaN, or -1 where a file says so.
    public func targetValues() throws -> [Double] {
        guard let targets else { return [] }
        let root = try File.open(path).root
        return try zip(targets.datasets, parts).flatMap { name, part in
            try targets.values(of: try root.dataset(name), count: part.count)
        }
    }
}
