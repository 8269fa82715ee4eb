import Archives

/// CelebA's attribute or partition file: for each image by file name, a row of small numbers.
///
/// The official `.txt` (a line with the count, maybe a line of names, rows padded with spaces, CRLF), Kaggle's `.csv`, copies with LF or
/// without the count, and gzipped ones are all read the same way: lines of words between spaces, tabs or commas.
struct CelebATable {
    /// The columns' names; empty where the file has none.
    let names: [String]

    /// The numbers of the wanted images, by file name.
    let rows: [String: [Int8]]

    /// Reads the rows of some images.
    ///
    /// - Throws: `ArchiveError` where the file cannot be read, `DataError` for a row that is not numbers.
    init(_ path: String, images: Set<String>) throws {
        let bytes = try GzipFile.contents(of: path)
        var (names, rows) = ([String](), [String: [Int8]]())
        rows.reserveCapacity(images.count)
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let first = String(decoding: line.prefix { !Self.isSeparator($0) }, as: UTF8.self)
            if images.contains(first) {
                let words = line.split(whereSeparator: Self.isSeparator).dropFirst()
                rows[first] = try words.map { try Self.number($0, "line \(number + 1) of \(path)") }
            } else if rows.isEmpty, !CelebAImages.isImage(first), Int(first) == nil {
                names = line.split(whereSeparator: Self.isSeparator).map { String(decoding: $0, as: UTF8.self) }
            }
        }
        self.names = names.first == "image_id" ? Array(names.dropFirst()) : names
        self.rows = rows
        try checkWidths(path)
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\t")
            || byte == UInt8(ascii: "\r")
    }

    private static func number(_ word: ArraySlice<UInt8>, _ place: String) throws -> Int8 {
        let text = String(decoding: word, as: UTF8.self)
        guard let value = Int8(text) else {
            throw DataError(place, "has \(text.debugDescription) where a number should be")
        }
        return value
    }

    private func checkWidths(_ path: String) throws {
        let width = names.isEmpty ? 1 : names.count
        if let (name, row) = rows.first(where: { $0.value.count != width }) {
            throw DataError(path, "has \(row.count) numbers for \(name) and \(width) columns")
        }
    }
}
