import Archives
import Storage

/// Images as lines of numbers: `mnist_train.csv`, Kaggle's `train.csv` of digits and of clothes, Larochelle's `binarized_mnist_train.amat`.
///
/// A line is a label and the pixels, or the pixels alone; the first line may name them. A line has 784 pixels, or as many as another square, whole numbers
/// from 0 to 255 or fractions. A word of the file's name tells the split. EMNIST's pictures lie column by column.
enum CSVSource: ImageSource {
    static let names = ["csv", "amat", "mnist", "emnist"]

    static func recognise(_ source: SourceFiles) throws -> Recognition? {
        let files = try files(in: source)
        guard let file = files.first else { return nil }
        let side = file.table.side
        let what =
            files.count > 2
            ? "\(files.count) files, such as \(file.entry.name)" : files.map(\.entry.name).joined(separator: " and ")
        return Recognition("tables of numbers, \(side) × \(side) pixels a line (\(what))")
    }

    static func plan(_ source: SourceFiles) throws -> ImportPlan {
        let files = try files(in: source)
        guard let first = files.first else { throw DataError(source.shown, "holds no table whose lines are pixels") }
        let side = first.table.side
        var (parts, labels) = ([(part: ArrayImages.Part, split: String?)](), [Int32]())
        let isTransposed = first.entry.name.lowercased().contains("emnist")
        for (entry, table) in files {
            guard table.side == side else {
                throw DataError(
                    source.tree.place(of: entry),
                    "has \(table.side) × \(table.side) pixels a line, and another file \(side) × \(side)")
            }
            let content = try table.content()
            labels += content.labels
            let layout: ImageLayout =
                isTransposed
                ? .columns(height: side, width: side, channels: 1) : .planar(height: side, width: side, channels: 1)
            parts.append(
                (
                    .init(array: table.array(content), layout: layout),
                    SplitNames.split(within: FolderLayout.stem(entry.name))
                ))
        }
        if files.count > 1, let lone = zip(files, parts).first(where: { $1.split == nil })?.0 {
            throw DataError(
                source.tree.place(of: lone.entry),
                "belongs to no split by its name: name it train or test, or import it alone")
        }
        var plan = try ImportPlan(
            parts, source,
            provenance: ["source": "tables of numbers, \(files.map(\.entry.name).joined(separator: ", "))"])
        if files.contains(where: \.table.hasLabel) {
            plan.targets = TargetTable(first.table.labelName, numbers: labels)
            for file in files where !file.table.hasLabel {
                plan.notes.append("\(file.entry.name) has no labels: -1 stands for them.")
            }
        }
        if isTransposed { plan.notes.append("EMNIST's pictures lie column by column and were turned.") }
        return plan
    }

    private static func files(in source: SourceFiles) throws -> [(entry: FileTree.Entry, table: PixelTable)] {
        let tables = source.tree.entries.filter {
            endings.contains($0.ending == "gz" ? FolderLayout.ending(FolderLayout.stem($0.name)) : $0.ending)
        }
        let found = try tables.compactMap { entry in
            try PixelTable(entry, in: source.tree).map { (entry: entry, table: $0) }
        }
        return found.sorted { order($0.entry) < order($1.entry) }
    }

    private static let endings: Set = ["csv", "amat"]

    private static func order(_ entry: FileTree.Entry) -> Int {
        SplitNames.all.firstIndex(of: SplitNames.split(within: FolderLayout.stem(entry.name)) ?? "train") ?? 0
    }
}

/// A table whose lines are pixels.
struct PixelTable {
    let side: Int
    /// The place of the label in a line; nil where there is none.
    private let label: Int?
    /// What the first line calls the label.
    let labelName: String
    private let hasHeader: Bool
    private let columns: Int
    private let place: String
    private let name: String
    private let open: () throws -> ByteStream

    var hasLabel: Bool { label != nil }

    /// Looks at the first lines; nil where they are no pixels.
    init?(_ entry: FileTree.Entry, in tree: FileTree) throws {
        place = tree.place(of: entry)
        name = entry.name
        open = { try tree.stream(entry, unpacking: true) }
        let stream = try open()
        guard let start = try? stream.line() else { return nil }
        let first = Self.withoutMark(start)
        let words = Self.fields(first).map { String(decoding: $0, as: UTF8.self).filter { $0 != "\"" } }
        columns = words.count
        // With a label there is one column more than pixels.
        let sides = [(columns - 1, true), (columns, false)].compactMap { count, hasLabel in
            Self.side(count).map { ($0, hasLabel) }
        }
        guard let (side, hasLabel) = sides.first, side >= 8 else { return nil }
        self.side = side
        hasHeader = !words.allSatisfy { Double($0) != nil }
        let named =
            hasHeader ? words.firstIndex { ["label", "class", "target", "y", "digit"].contains($0.lowercased()) } : nil
        // Larochelle's tables have it behind, always.
        let isBehind =
            try !hasHeader && hasLabel
            && (entry.name.lowercased().contains(".amat") || Self.labelIsBehind(first, stream))
        label = hasLabel ? named ?? (isBehind ? columns - 1 : 0) : nil
        labelName = hasHeader ? named.map { words[$0] == "label" ? "class" : words[$0] } ?? "class" : "class"
    }

    /// Whether the first lines of a table without names have numbers in front that no label is, and behind some that may be labels.
    private static func labelIsBehind(_ first: ArraySlice<UInt8>, _ stream: ByteStream) throws -> Bool {
        var lines = [first]
        while lines.count < 200, let line = try stream.line() { lines.append(line) }
        let ends = lines.compactMap { line -> (Double, Double)? in
            let words = fields(line)
            guard let first = words.first, let last = words.last else { return nil }
            func number(_ word: ArraySlice<UInt8>) -> Double { Double(String(decoding: word, as: UTF8.self)) ?? .nan }
            return (number(first), number(last))
        }
        return ends.contains { $0.0 > mostLabel } && ends.allSatisfy { (0...mostLabel).contains($0.1) }
    }

    /// EMNIST's last class.
    private static let mostLabel = 61.0

    private static func side(_ count: Int) -> Int? {
        let side = Int(Double(max(0, count)).squareRoot().rounded())
        return side * side == count ? side : nil
    }

    private static func withoutMark(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let separator =
            [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].first(where: line.contains) ?? UInt8(ascii: " ")
        return line.split(separator: separator, omittingEmptySubsequences: separator == UInt8(ascii: " "))
    }

    /// Gives the numbers of each line.
    private func lines() throws -> () throws -> [Float]? {
        let stream = try open()
        var number = 0
        return {
            while let line = try stream.line() {
                number += 1
                if number == 1, hasHeader { continue }
                if line.isEmpty { continue }
                let fields = Self.fields(number == 1 ? Self.withoutMark(line) : line)
                guard fields.count == columns else {
                    throw DataError(
                        "line \(number) of \(place)", "has \(fields.count) numbers, and the first has \(columns)")
                }
                return try fields.map { try value($0, number) }
            }
            return nil
        }
    }

    /// A number, such as `253`, `0.988` or `9.88e-01`.
    private func value(_ field: ArraySlice<UInt8>, _ line: Int) throws -> Float {
        var value = 0
        for byte in field {
            guard (48...57).contains(byte), value < 1 << 20 else {
                let text = String(decoding: field, as: UTF8.self).trimmingPrefix(" ")
                guard let number = Float(text) else {
                    throw DataError(
                        "line \(line) of \(place)",
                        "has \(String(text.prefix(40)).debugDescription) where a number should be")
                }
                return number
            }
            value = 10 * value + Int(byte - 48)
        }
        guard !field.isEmpty else {
            throw DataError("line \(line) of \(place)", "has an empty field where a number should be")
        }
        return Float(value)
    }

    /// What a table holds besides its pixels.
    struct Content {
        /// One for each line; -1 where lines have none.
        var labels: [Int32] = []
        /// Whether some pixel is no whole number.
        var hasFractions = false
    }

    /// Goes over all lines.
    ///
    /// - Throws: `DataError` for labels that are no whole numbers, and for whole pixels that are no bytes.
    func content() throws -> Content {
        let next = try lines()
        var content = Content()
        var notByte: (number: Float, image: Int)?
        while let numbers = try next() {
            for (column, number) in numbers.enumerated() where column != label {
                if number != number.rounded() { content.hasFractions = true }
                if !(0...255).contains(number), notByte == nil { notByte = (number, content.labels.count + 1) }
            }
            content.labels.append(try label.map { try whole(numbers[$0], content.labels.count + 1) } ?? -1)
        }
        guard !content.labels.isEmpty else { throw DataError(place, "has no lines with images") }
        if let notByte, !content.hasFractions {
            throw DataError(
                place,
                "has the number \(PixelScale.number(notByte.number)) in image \(notByte.image); pixels are 0 to 255")
        }
        return content
    }

    private func whole(_ label: Float, _ image: Int) throws -> Int32 {
        guard let whole = Int32(exactly: label) else {
            throw DataError(place, "has the label \(label) of image \(image), which is no whole number")
        }
        return whole
    }

    /// The pixels: bytes, or floats where some have fractions.
    func array(_ content: Content) -> NumberArray {
        let shape = [content.labels.count, side * side]
        let format = content.hasFractions ? NumberFormat(.float, bytes: 4) : .byte
        return NumberArray(place: place, name: name, shape: shape, format: format) {
            let next = try lines()
            return { wanted in
                var stored: [UInt8] = []
                stored.reserveCapacity(wanted)
                while stored.count < wanted, let numbers = try next() {
                    for (column, number) in numbers.enumerated() where column != label {
                        if content.hasFractions {
                            let bits = number.bitPattern
                            stored += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
                        } else {
                            stored.append(UInt8(clamping: Int(number)))
                        }
                    }
                }
                return stored
            }
        }
    }
}
