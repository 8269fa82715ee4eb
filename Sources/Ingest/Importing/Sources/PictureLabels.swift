import Archives
import Foundation

/// The labels of pictures: from the table that the user names, from `metadata.csv`, `metadata.jsonl` or `dataset.json`, from class folders, or from
/// names as UTKFace has them, in this order.
enum PictureLabels {
    /// The names of tables that are looked for beside pictures.
    static let tables: Set = ["metadata.csv", "metadata.jsonl", "dataset.json"]

    static func find(for layout: FolderLayout, _ source: SourceFiles) throws -> (TargetTable, notes: [String]) {
        if let path = source.options.labels { return try table(at: path, layout, source) }
        let tables = source.tree.entries.filter { ["metadata.csv", "metadata.jsonl"].contains($0.name) }
        if !tables.isEmpty {
            var rows = LabelRows()
            for entry in tables {
                try rows.add(source.tree.read(entry), from: source.tree.place(of: entry), of: entry)
            }
            return try rows.targets(of: layout.pictures.map(\.entry))
        }
        if let entry = source.tree.entries.first(where: { $0.name == "dataset.json" }) {
            var rows = LabelRows()
            try rows.add(source.tree.read(entry), from: source.tree.place(of: entry), of: entry)
            if !rows.isEmpty { return try rows.targets(of: layout.pictures.map(\.entry)) }
        }
        if !layout.classNames.isEmpty {
            return (TargetTable("class", labels: layout.pictures.map { String($0.rest[0]) }), [])
        }
        if let faces = FaceNames.targets(of: layout.pictures.map(\.entry.name)) { return faces }
        return layout.hasPicturesBesideFolders
            ? (TargetTable(), ["Pictures lie beside folders with pictures, so the folders were not taken for classes."])
            : (TargetTable(), [])
    }

    /// A table in the source, or anywhere else; names in it are relative to where it lies, or to the source.
    private static func table(
        at path: String, _ layout: FolderLayout, _ source: SourceFiles
    ) throws -> (TargetTable, notes: [String]) {
        var rows = LabelRows()
        if let entry = source.tree.entries.first(where: { $0.path == path }) {
            try rows.add(source.tree.read(entry), from: source.tree.place(of: entry), of: entry)
        } else {
            let tree = try FileTree(path)
            guard tree.kind == .file, let entry = tree.entries.first else {
                throw DataError(path, "is no file with labels: name a .csv, .jsonl or .json file")
            }
            try rows.add(tree.read(entry), from: path, of: entry, below: "")
        }
        guard !rows.isEmpty else { throw DataError(path, "has no labels") }
        return try rows.targets(of: layout.pictures.map(\.entry))
    }
}

/// Rows of labels by the path of the picture that each is about.
struct LabelRows {
    private var place = ""
    private var columns: [String] = []
    private var rows: [String: [String]] = [:]

    var isEmpty: Bool { rows.isEmpty }

    /// Reads a table by the ending of its file: `jsonl`, StyleGAN's `json`, or anything else, such as `csv`.
    ///
    /// - Parameter folder: Where the names in it begin; the file's own folder where none is named.
    mutating func add(
        _ bytes: [UInt8], from place: String, of file: FileTree.Entry, below folder: String? = nil
    ) throws {
        self.place = place
        let folder = folder ?? file.folder
        let prefix = folder.isEmpty ? "" : folder + "/"
        let (columns, found) =
            switch file.ending {
            case "jsonl": try Self.lines(bytes, place)
            case "json": try Self.styleGAN(bytes, place)
            default: try Self.delimited(bytes, place)
            }
        guard self.columns.isEmpty || self.columns == columns || found.isEmpty else {
            throw DataError(place, "has the columns \(columns), and another table has \(self.columns)")
        }
        self.columns = columns
        for (file, values) in found { try add(values, for: prefix + file) }
    }

    /// The same row twice is one; of two that differ nobody knows which is right.
    private mutating func add(_ values: [String], for path: String) throws {
        if let earlier = rows.updateValue(values, forKey: path), earlier != values {
            throw DataError(
                place,
                "has two rows for \(path), with \(Self.shown(earlier)) and \(Self.shown(values)): keep the right one")
        }
    }

    private static func shown(_ values: [String]) -> String { String(values.joined(separator: ", ").prefix(60)) }

    private static func delimited(_ bytes: [UInt8], _ place: String) throws -> ([String], [(String, [String])]) {
        let table = DelimitedText(bytes)
        guard let header = table.rows.first, let key = header.firstIndex(where: fileColumns.contains) else {
            throw DataError(place, "has no column file_name")
        }
        let rows = try table.rows.dropFirst().enumerated().map { number, row in
            guard row.count == header.count else {
                throw DataError("line \(number + 2) of \(place)", "has \(row.count) fields for \(header.count) columns")
            }
            var values = row
            return (values.remove(at: key), values)
        }
        var columns = header
        columns.remove(at: key)
        return (columns, Array(rows))
    }

    private static let fileColumns: Set = ["file_name", "filename", "image_id", "image", "file", "path"]

    private static func lines(_ bytes: [UInt8], _ place: String) throws -> ([String], [(String, [String])]) {
        var columns: [String] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n")).filter { $0.contains { $0 > 32 } }
        let rows = try lines.enumerated().map { number, line in
            let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            guard let object, let file = object["file_name"] as? String else {
                throw DataError("line \(number + 1) of \(place)", "is no JSON object with a file_name")
            }
            let names = object.keys.filter { $0 != "file_name" }.sorted()
            if number == 0 { columns = names }
            guard names == columns else {
                throw DataError("line \(number + 1) of \(place)", "has the columns \(names), and line 1 has \(columns)")
            }
            return (file, columns.map { text(object[$0]) })
        }
        return (columns, rows)
    }

    /// `{"labels": [["00000/img00000000.png", 6], …]}`, where a label may be several numbers, or null.
    private static func styleGAN(_ bytes: [UInt8], _ place: String) throws -> ([String], [(String, [String])]) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
            throw DataError(place, "is no JSON object with labels")
        }
        guard let labels = object["labels"] as? [[Any]] else { return ([], []) }
        let rows = try labels.map { pair in
            guard pair.count == 2, let file = pair[0] as? String else {
                throw DataError(place, "has a label that is not a name and its number")
            }
            return (file, (pair[1] as? [Any])?.map { text($0) } ?? [text(pair[1])])
        }
        let width = rows.first?.1.count ?? 0
        return (width == 1 ? ["class"] : (0..<width).map { "label \($0)" }, rows)
    }

    private static func text(_ value: Any?) -> String {
        switch value {
        case let text as String: text
        case let number as NSNumber: number.stringValue
        default: ""
        }
    }

    /// The columns that are numbers or few words, for each picture.
    ///
    /// - Throws: `DataError` where a picture has no row.
    func targets(of entries: [FileTree.Entry]) throws -> (TargetTable, notes: [String]) {
        let twins = Dictionary(grouping: entries, by: \.name).filter { $1.count > 1 }
        let found = try entries.map { entry in
            if rows[entry.path] == nil, rows[entry.name] != nil, let both = twins[entry.name] {
                throw DataError(
                    place,
                    "has one row for \(entry.name), which is \(both[0].path) and \(both[1].path): name the paths in it")
            }
            guard let row = rows[entry.path] ?? rows[entry.name] else {
                throw DataError(place, "has no row for \(entry.path); it is cut short, or belongs to other pictures")
            }
            guard row.count == columns.count else {
                throw DataError(place, "has \(row.count) labels for \(entry.path) and \(columns.count) columns")
            }
            return row
        }
        var (kept, left) = ([LabelColumn](), [String]())
        for (index, name) in columns.enumerated() {
            if let column = LabelColumn(name, found.map { $0[index] }) {
                kept.append(column)
            } else {
                left.append(name)
            }
        }
        var table = TargetTable()
        table.names = kept.map(\.name)
        table.values = entries.indices.flatMap { row in kept.map { $0.values[row] } }
        for column in kept where !column.classes.isEmpty { table.classes[column.name] = column.classes }
        return (table, kept.compactMap { $0.note(place) } + note(on: left))
    }

    private func note(on left: [String]) -> [String] {
        left.isEmpty
            ? []
            : [
                "Of \(place) the columns \(left.joined(separator: ", ")) are neither whole numbers nor few words, and were left out."
            ]
    }
}

/// One column of labels as numbers.
private struct LabelColumn {
    let name: String
    let values: [Int32]
    /// The words that the numbers stand for; none where the column has numbers.
    let classes: [String]
    /// How many fields say nothing, and the number that stands for them.
    private let blanks: (count: Int, value: Int32)

    /// The most different words that are classes.
    private static let limit = 1_000

    /// Nil for what is neither whole numbers nor few words.
    init?(_ name: String, _ texts: [String]) {
        self.name = name
        let said = texts.filter { !$0.isBlankLabel }
        guard !said.isEmpty else { return nil }
        let numbers = said.compactMap(Self.number)
        if numbers.count == said.count {
            // -1 may be a label, as in CelebA's tables.
            let blank = min(-1, (numbers.min() ?? 0) &- 1)
            classes = []
            values = texts.map { $0.isBlankLabel ? blank : Self.number($0)! }
            blanks = (texts.count - said.count, blank)
        } else {
            guard said.contains(where: { Double($0) == nil }), Set(said).count <= Self.limit else { return nil }
            let table = TargetTable(name, labels: said)
            var rest = table.values[...]
            values = texts.map { $0.isBlankLabel ? -1 : rest.removeFirst() }
            classes = table.classes[name] ?? []
            blanks = (texts.count - said.count, -1)
        }
    }

    /// What is said of fields that say nothing.
    func note(_ place: String) -> String? {
        guard blanks.count > 0 else { return nil }
        let fields =
            blanks.count == 1 ? "1 field of the column \(name) is" : "\(blanks.count) fields of the column \(name) are"
        return "In \(place) \(fields) blank: \(blanks.value) stands there."
    }

    private static func number(_ text: String) -> Int32? {
        switch text.lowercased() {
        case "true": 1
        case "false": 0
        default: Int32(text) ?? Double(text).flatMap { Int32(exactly: $0) }
        }
    }
}
