/// CelebA's attribute or partition file: for each image by file name, a row of small numbers.
///
/// The official `.txt` (a line with the count, maybe a line of names, rows padded with spaces, CRLF), Kaggle's `.csv`, copies with LF or
/// without the count, with a byte order mark, quotes, semicolons, a column of row numbers or `-1.0`, and gzipped ones are all read the same
/// way: lines of words. Names are compared without their endings, since some have the pictures as PNG.
struct CelebATable {
    /// The columns' names; empty where the file has none.
    let names: [String]

    private let path: String
    private let rows: [Key: [Int8]]

    /// A name without its ending. All but the strangest are numbers, which are found faster than texts among 200,000 lines.
    private enum Key: Hashable {
        case number(Int)
        case text(String)

        init(_ stem: ArraySlice<UInt8>) {
            var number = 0
            for byte in stem.prefix(16) {
                guard (48...57).contains(byte) else {
                    self = .text(String(decoding: stem, as: UTF8.self))
                    return
                }
                number = 10 * number + Int(byte - 48)
            }
            self = stem.isEmpty || stem.count > 15 ? .text(String(decoding: stem, as: UTF8.self)) : .number(number)
        }

        init(of name: String) { self.init(Array(name.utf8).prefix { $0 != UInt8(ascii: ".") }) }
    }

    /// Reads the rows of some images.
    ///
    /// - Throws: `ArchiveError` where the file cannot be read, `DataError` for a row that is not numbers.
    init(_ list: CelebALists.List, images: [String]) throws {
        path = list.path
        let wanted = Set(images.map(Key.init(of:)))
        let bytes = try list.read()
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var (names, rows) = ([String](), [Key: [Int8]]())
        rows.reserveCapacity(images.count)
        for (number, line) in content.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let (key, rest) = Self.image(in: line) else {
                let words = rows.isEmpty ? Self.words(line) : []
                if !words.isEmpty, Int(words[0]) == nil { names = words }
                continue
            }
            guard wanted.contains(key) else { continue }
            rows[key] = try Self.words(rest).map { try Self.number($0, "line \(number + 1) of \(list.path)") }
        }
        self.names = names.firstIndex(of: "image_id").map { Array(names[($0 + 1)...]) } ?? names
        self.rows = rows
        try checkWidths(images)
    }

    /// The numbers of an image.
    ///
    /// - Throws: `DataError` where the file has none.
    func row(of image: String) throws -> [Int8] {
        guard let row = rows[Key(of: image)] else {
            throw DataError(path, "has no row for \(image); it is cut short, or belongs to other images")
        }
        return row
    }

    /// The image that a line is about, in its first or second column, and what follows.
    private static func image(in line: ArraySlice<UInt8>) -> (Key, ArraySlice<UInt8>)? {
        var rest = line.drop(while: isSeparator)
        for _ in 0..<2 {
            let word = rest.prefix { !isSeparator($0) }
            rest = rest[word.endIndex...]
            let stem = word.prefix { $0 != UInt8(ascii: ".") }
            if isEnding(word[stem.endIndex...]) { return (Key(stem), rest) }
            rest = rest.drop(while: isSeparator)
        }
        return nil
    }

    private static func isEnding(_ ending: ArraySlice<UInt8>) -> Bool {
        guard ending.count > 1 else { return false }
        // Setting one bit makes small letters of large ones.
        let small = ending.dropFirst().map { $0 | 0x20 }
        return endings.contains(small)
    }

    private static let endings = [Array("jpg".utf8), Array("png".utf8), Array("jpeg".utf8)]

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

    private func checkWidths(_ images: [String]) throws {
        let width = names.isEmpty ? 1 : names.count
        for image in images {
            guard let row = rows[Key(of: image)], row.count != width else { continue }
            throw DataError(path, "has \(row.count) numbers for \(image) and \(width) columns")
        }
    }
}
