/// An array that may hold labels: one row for each image.
private struct LabelArray {
    enum Content {
        case numbers(NumberArray)
        case texts(TextArray)
    }

    let name: String
    let file: String
    let place: String
    let shape: [Int]
    let content: Content

    init(_ array: NumberArray, _ file: String) {
        (name, self.file, place, shape, content) = (array.name, file, array.place, array.shape, .numbers(array))
    }

    init(_ array: TextArray, _ file: String) {
        (name, self.file, place, shape, content) = (array.name, file, array.place, [array.count], .texts(array))
    }

    var columns: Int { shape.dropFirst().reduce(1, *) }
    var split: String? { ArrayRoles.split(name, file) }
    var shown: String { "\(name) \(shape)" }

    /// Whether it can be labels by its shape: not more columns than any list of classes has.
    var isFlat: Bool { shape.count <= 2 && columns <= 4096 }

    /// What `numpy.savez` calls an array without a name.
    var hasNoName: Bool { name.wholeMatch(of: #/arr_\d+/#) != nil }
}

/// The labels of arrays of images.
enum ArrayLabels {
    /// Finds them, split by split, and names all arrays that are neither images nor labels.
    ///
    /// - Throws: `DataError` where the array that `--labels` names is not there.
    static func find(
        _ set: ArraySet, _ images: [ArrayRoles.Images], _ source: SourceFiles
    ) throws -> (TargetTable, notes: [String]) {
        let all = set.arrays.map { LabelArray($0.array, $0.file) } + set.texts.map { LabelArray($0.array, $0.file) }
        if let wanted = source.options.labels, !all.contains(where: { $0.name == wanted }) {
            throw DataError(
                source.shown, "has no array \(wanted): there are \(all.map(\.name).joined(separator: ", "))")
        }
        let taken = Set(images.map(\.array.place))
        let free = all.filter { !taken.contains($0.place) }
        let found = matched(candidates(free, images, source.options.labels), images)
        let (table, problem) = try targets(found)
        let used = Set(table.names.isEmpty ? [] : found.compactMap { $0?.place })
        let left = free.filter { !used.contains($0.place) }.map(\.shown) + set.others
        return (
            table,
            set.objects.map { "\($0) holds Python objects and was left out." } + [problem].compactMap(\.self)
                + note(left)
        )
    }

    /// Arrays that are called labels, or the one that the user names; beside images without a name, arrays without a name.
    private static func candidates(
        _ free: [LabelArray], _ images: [ArrayRoles.Images], _ wanted: String?
    ) -> [LabelArray] {
        let flat = free.filter(\.isFlat)
        if let wanted { return flat.filter { $0.name == wanted } }
        let named = flat.filter { ArrayRoles.isLabel($0.name, $0.file) }
        guard named.isEmpty, images.count == 1 else { return named }
        return flat.filter { $0.hasNoName && $0.shape.first == images[0].array.count }
    }

    /// The first candidate of each array of images that has as many rows, and is of its split or of the only one.
    private static func matched(_ candidates: [LabelArray], _ images: [ArrayRoles.Images]) -> [LabelArray?] {
        images.map { part in
            let fitting = candidates.filter { $0.shape.first == part.array.count }
            return fitting.first { $0.split == part.split } ?? (images.count == 1 ? fitting.first : nil)
        }
    }

    /// A table of what was found, or why there is none.
    private static func targets(_ found: [LabelArray?]) throws -> (TargetTable, problem: String?) {
        guard let first = found.compactMap(\.self).first else { return (TargetTable(), nil) }
        guard found.allSatisfy({ $0?.columns == first.columns }) else {
            return (TargetTable(), "Labels have several widths, or some splits have none: they were left out.")
        }
        var (numbers, texts) = ([Double](), [String]())
        for case let array? in found {
            switch array.content {
            case .numbers(let array): numbers += try array.numbers()
            case .texts(let array): texts += try array.texts()
            }
        }
        guard numbers.isEmpty || texts.isEmpty else {
            return (TargetTable(), "Labels are numbers in one split and texts in another: they were left out.")
        }
        guard texts.isEmpty else { return (TargetTable("class", labels: texts), nil) }
        let values = numbers.compactMap { Int32(exactly: $0) }
        guard values.count == numbers.count else {
            return (TargetTable(), "\(first.name) holds numbers with fractions, which are no labels, and was left out.")
        }
        return (TargetTable(names: names(first), values: values), nil)
    }

    /// One name for each column; dSprites' six are known.
    private static func names(_ array: LabelArray) -> [String] {
        if array.name == "latents_classes", array.columns == 6 {
            return ["color", "shape", "scale", "orientation", "posX", "posY"]
        }
        return array.columns == 1 ? ["class"] : (0..<array.columns).map { "label \($0)" }
    }

    /// The first five arrays that were not imported, and how many there are.
    private static func note(_ left: [String]) -> [String] {
        guard !left.isEmpty else { return [] }
        let more = left.count > 5 ? " and \(left.count - 5) more" : ""
        let was = left.count == 1 ? "was" : "were"
        return [
            "\(counted(left.count, "other array")) \(was) not imported: \(left.prefix(5).joined(separator: ", "))\(more)."
        ]
    }
}
