/// CelebA's attribute or partition file: for each image by file name, a row of small numbers.
///
/// The official `.txt` (a line with the count, maybe a line of names, rows padded with spaces, CRLF), Kaggle's `.csv`, copies with LF or
/// without the count, with a byte order mark, quotes, semicolons, a column of row numbers or `-1.0`, and gzipped ones are all read the same
/// way: lines of words. Names are compared without their endings, since some have the pictures as PNG.
struct CelebATable {
    /// The columns' names; empty where the file has none.
    let names: [String]

    private let path: String
    private let rows: [String: [Int8]]

    /// Reads the rows of some images.
    ///
    /// - Throws: `ArchiveError` where the file cannot be read, `DataError` for a row that is not numbers.
    init(_ list: CelebALists.List, images: [String]) throws {
        path = list.path
        let wanted = Set(images.map(Self.stem))
        let bytes = try list.read()
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var (names, rows) = ([String](), [String: [Int8]]())
        rows.reserveCapacity(images.count)
        for (number, line) in content.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let (image, rest) = Self.image(in: line, wanted) else {
                let words = Self.words(line)
                if rows.isEmpty, words.count > 0, !words.contains(where: CelebASource.isImage), Int(words[0]) == nil {
                    names = words
                }
                continue
            }
            rows[image] = try Self.words(rest).map { try Self.number($0, "line \(number + 1) of \(list.path)") }
        }
        self.names = names.firstIndex(of: "image_id").map { Array(names[($0 + 1)...]) } ?? names
        self.rows = rows
        try checkWidths()
    }

    /// The numbers of an image.
    ///
    /// - Throws: `DataError` where the file has none.
    func row(of image: String) throws -> [Int8] {
        guard let row = rows[Self.stem(image)] else {
            throw DataError(path, "has no row for \(image); it is cut short, or belongs to other images")
        }
        return row
    }

    private static func stem(_ name: some StringProtocol) -> String { String(name.prefix { $0 != "." }) }

    /// The wanted image that a line is about, in its first or second column, and what follows.
    private static func image(
        in line: ArraySlice<UInt8>, _ wanted: Set<String>
    ) -> (String, ArraySlice<UInt8>)? {
        var rest = line.drop(while: isSeparator)
        for _ in 0..<2 {
            let word = rest.prefix { !isSeparator($0) }
            rest = rest[word.endIndex...]
            let name = String(decoding: word, as: UTF8.self)
            if CelebASource.isImage(name), wanted.contains(stem(name)) { return (stem(name), rest) }
            rest = rest.drop(while: isSeparator)
        }
        return nil
    }

    private static func words(_ line: ArraySlice<UInt8>) -> [String] {
        line.split(whereSeparator: isSeparator).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "\r"),
            UInt8(ascii: "\""):
            true
        default: false
        }
    }

    private static func number(_ text: String, _ place: String) throws -> Int8 {
        guard let value = Int8(text) ?? Double(text).flatMap({ Int8(exactly: $0) }) else {
            throw DataError(place, "has \(text.debugDescription) where a number should be")
        }
        return value
    }

    private func checkWidths() throws {
        let width = names.isEmpty ? 1 : names.count
        if let (name, row) = rows.first(where: { $0.value.count != width }) {
            throw DataError(path, "has \(row.count) numbers for \(name).jpg and \(width) columns")
        }
    }
}
