/// How NumPy stores texts of one length: filled up with zeros.
struct TextFormat {
    /// In characters.
    let length: Int
    /// 1 for bytes, 4 for Unicode's numbers.
    let unitBytes: Int
    let isBigEndian: Bool

    /// The text that some bytes stand for.
    func text(_ stored: ArraySlice<UInt8>) -> String {
        guard unitBytes == 4 else { return String(decoding: stored.prefix { $0 != 0 }, as: UTF8.self) }
        var text = String.UnicodeScalarView()
        for start in stride(from: stored.startIndex, to: stored.endIndex, by: 4) {
            let unit = stored[start..<start + 4]
            let number = (isBigEndian ? Array(unit) : unit.reversed()).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if number == 0 { break }
            text.append(Unicode.Scalar(number) ?? "\u{FFFD}")
        }
        return String(text)
    }
}

/// An array of texts in a file, one for each row.
struct TextArray {
    /// What errors call it.
    let place: String
    /// Its name in the file: `y_train`.
    let name: String
    let count: Int
    let format: TextFormat
    /// Begins to read: a function that gives so many next bytes, fewer only at the end.
    let open: () throws -> (Int) throws -> [UInt8]

    /// The most bytes that are read.
    private static let sizeLimit = 1 << 29

    /// All texts.
    ///
    /// - Throws: `DataError` where the array is cut short, or more follows.
    func texts() throws -> [String] {
        let bytes = format.length * format.unitBytes
        guard count <= Self.sizeLimit / bytes else {
            throw DataError(place, "has \(count) texts of \(bytes) bytes, too many for labels")
        }
        let read = try open()
        let stored = try read(count * bytes)
        guard stored.count == count * bytes, try read(1).isEmpty else {
            throw DataError(place, "should hold \(count) texts of \(bytes) bytes, and does not: save it again")
        }
        return stride(from: 0, to: stored.count, by: bytes).map { format.text(stored[$0..<$0 + bytes]) }
    }
}
