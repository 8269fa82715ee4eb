import Archives
import Files
import Matrices
import Storage

/// Images in MATLAB files: SVHN, Olivetti, Frey, and arrays (H, W, N), (H, W, C, N) or (pixels, N).
///
/// The first axis is the fastest, so images lie column by column. In SVHN the label 10 is the digit 0.
/// Source: Netzer et al., "Reading digits in natural images", 2011.
public enum MATLABSource: ImageSource {
    static let names = ["mat"]
    static let holdsArrays = true

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let files = source.tree.entries.filter { $0.ending == "mat" }
        guard let file = files.first else { return nil }
        return Recognition("MATLAB files (\(files.count == 1 ? file.name : "\(files.count), such as \(file.name)"))")
    }

    /// Does with a file all that an import does with it, for a process that a crash may end.
    public static func readThroughTheLibrary(_ path: String) throws {
        let file = try MatrixFile(path)
        for variable in file.variables where variable.size <= MatrixFile.sizeLimit { _ = try file.read(variable) }
    }

    /// The most memory, in bytes, that reading a file of a size takes.
    ///
    /// What a file holds is at most packed by zlib, which makes nothing smaller than 1,032 times. libmatio fills what a damaged one says that it
    /// holds besides with zeros.
    public static func memory(forFileOf size: Int) -> Int { min(512 << 20 + 1_100 * size, 4 << 30 + 8 * size) }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        let entries = source.tree.entries.filter { $0.ending == "mat" }
        var (parts, labels) = ([(part: ArrayImages.Part, split: String?)](), [[Int32]?]())
        var notes: [String] = []
        for entry in entries {
            guard let path = source.tree.systemPath(of: entry) else {
                throw DataError(
                    source.tree.place(of: entry), "is a MATLAB file within an archive: unpack the archive first")
            }
            try source.requireSafeMatrices(path)
            let file = try ResourceLimits.withMemory(atMost: memory(forFileOf: entry.size)) { try MatrixFile(path) }
            let found = try images(in: file, source)
            let split = SplitNames.split(within: FolderLayout.stem(entry.name))
            parts.append((found.part, split))
            labels.append(found.labels)
            notes += found.notes
        }
        guard !parts.isEmpty else { throw DataError(source.shown, "holds no MATLAB files") }
        if parts.count > 1,
            Set(parts.map { $0.split ?? "" }).count < parts.count || parts.contains(where: { $0.split == nil })
        {
            throw DataError(
                source.shown,
                "holds MATLAB files that do not name a split each, such as train_32x32.mat and test_32x32.mat: import one"
            )
        }
        let sorted = zip(parts, labels).sorted { order($0.0.split) < order($1.0.split) }
        var plan = try ImportPlan(
            sorted.map(\.0), source,
            provenance: ["source": "MATLAB arrays of \(source.path.split(separator: "/").last ?? "a file")"])
        if sorted.allSatisfy({ $0.1 != nil }) {
            plan.targets = TargetTable("class", numbers: sorted.flatMap { $0.1 ?? [] })
        }
        plan.notes += notes
        return plan
    }

    private static func order(_ split: String?) -> Int { SplitNames.all.firstIndex(of: split ?? "train") ?? 0 }

    private typealias Found = (part: ArrayImages.Part, labels: [Int32]?, notes: [String])

    /// The images of a file: the largest array that can be images.
    private static func images(in file: MatrixFile, _ source: SourceFiles) throws -> Found {
        let said = source.options.layout
        let candidates = try file.variables.compactMap { variable in
            try reading(variable, file, said).map { (variable, $0) }
        }
        guard let (variable, read) = candidates.max(by: { $0.0.size < $1.0.size }) else {
            throw nothing(in: file, said)
        }
        let (labels, notes) = try labels(in: file, variable, read.part.array.count)
        return (read.part, labels, ["\(variable.name) was taken as (\(read.order))."] + notes)
    }

    /// A variable as images, with the name of the layout: as the user says, or as its extents tell; nil where it is none.
    private static func reading(
        _ variable: MatrixFile.Variable, _ file: MatrixFile, _ said: AxisLayout?
    ) throws -> (part: ArrayImages.Part, order: String)? {
        if let said {
            // The last axis is the slowest here, so all are named the other way round.
            let reversed = array(variable, file, shape: variable.extents.reversed())
            return try LaidOutArray(reversed, said.reversed).map {
                (.init(array: $0.array, layout: $0.layout), "\(said)")
            }
        }
        guard let (layout, order) = layout(variable) else { return nil }
        let extents = variable.extents
        if extents.count == 3, extents[1] == extents[2], extents[0] != extents[1] {
            throw DataError(
                "\(variable.name) in \(file.path)",
                "is \(extents): \(extents[2]) pictures of \(extents[0]) × \(extents[1]) (--layout HWN), or \(extents[0]) of \(extents[1]) × "
                    + "\(extents[2]) (--layout NHW)? Say which")
        }
        return (.init(array: array(variable, file, shape: [extents.last!, layout.count]), layout: layout), order)
    }

    private static func array(_ variable: MatrixFile.Variable, _ file: MatrixFile, shape: [Int]) -> NumberArray {
        NumberArray(
            place: "\(variable.name) in \(file.path)", name: variable.name, shape: shape,
            format: format(variable.element)
        ) {
            var rest = try file.read(variable)[...]
            return { wanted in
                defer { rest = rest.dropFirst(wanted) }
                return Array(rest.prefix(wanted))
            }
        }
    }

    private static func nothing(in file: MatrixFile, _ said: AxisLayout?) -> DataError {
        let shapes = file.variables.prefix(5).map { "\($0.name) \($0.extents)" }.joined(separator: ", ")
        if let said, !shapes.isEmpty {
            return DataError(file.path, "has no array that --layout \(said) fits: there are \(shapes)")
        }
        let others = file.others.prefix(5).filter { !$0.isEmpty }.joined(separator: ", ")
        return DataError(
            file.path,
            "holds no images, which are (H, W, N), (H, W, C, N) or (pixels, N): "
                + (!shapes.isEmpty
                    ? shapes : "it has no arrays of numbers" + (others.isEmpty ? "" : ", but \(others)")))
    }

    private static func layout(_ variable: MatrixFile.Variable) -> (ImageLayout, order: String)? {
        let extents = variable.extents
        switch extents.count {
        case 4 where extents[2] <= 4 && extents[0] > 1 && extents[1] > 1:
            return (.columns(height: extents[0], width: extents[1], channels: extents[2]), "H, W, C, N")
        case 3 where extents[0] >= 8 && extents[1] >= 8:
            return (.columns(height: extents[0], width: extents[1], channels: 1), "H, W, N")
        // Frey's faces are the rows of 28 × 20 pixels, though MATLAB's order is by columns.
        case 2 where extents[0] == 560:
            return (.planar(height: 28, width: 20, channels: 1), "pixels of 28 × 20 row by row, N")
        case 2 where extents[1] > 1:
            let side = Int(Double(extents[0]).squareRoot().rounded())
            guard side * side == extents[0], side >= 8 else { return nil }
            return (.columns(height: side, width: side, channels: 1), "pixels of \(side) × \(side) column by column, N")
        default: return nil
        }
    }

    private static func format(_ element: MatrixFile.Element) -> NumberFormat {
        let name = element.rawValue
        let kind: NumberFormat.Kind = name.hasPrefix("u") ? .unsigned : name.hasPrefix("int") ? .signed : .float
        return NumberFormat(kind, bytes: element.size)
    }

    /// An array of as many whole numbers as there are images, called `y` or like a label.
    private static func labels(
        in file: MatrixFile, _ images: MatrixFile.Variable, _ count: Int
    ) throws -> ([Int32]?, notes: [String]) {
        let names = ["y", "labels", "label", "target", "targets"]
        let found = file.variables.first {
            $0 != images && names.contains($0.name.lowercased()) && $0.extents.reduce(1, *) == count
        }
        guard let found else { return (nil, []) }
        let numbers = format(found.element).numbers(in: try file.read(found)).compactMap { Int32(exactly: $0) }
        guard numbers.count == count else { return (nil, ["\(found.name) holds no whole numbers and was left out."]) }
        let isStreetView = images.extents.count == 4 && Set(numbers).isSubset(of: Set(1...10)) && numbers.contains(10)
        guard isStreetView else { return (numbers, []) }
        return (numbers.map { $0 % 10 }, ["The label 10 is the digit 0, as SVHN has it."])
    }
}
