/// A table of text: fields between commas, semicolons or tabs, in quotes or not, lines with LF or CRLF, maybe a byte order mark.
///
/// Source: RFC 4180, and what spreadsheets write besides.
struct DelimitedText {
    let rows: [[String]]

    /// Empty lines are left out. What separates fields is what the first line has most of.
    init(_ bytes: [UInt8]) {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        let first = content.prefix { $0 != UInt8(ascii: "\n") }
        let separator = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].max { a, b in
            first.count { $0 == a } < first.count { $0 == b }
        }!
        var (rows, row, field) = ([[String]](), [String](), [UInt8]())
        var isQuoted = false
        func end() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        for byte in content {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case separator where !isQuoted: end()
            case UInt8(ascii: "\n") where !isQuoted:
                end()
                if row != [""] { rows.append(row) }
                row = []
            case UInt8(ascii: "\r"): break
            default: field.append(byte)
            }
        }
        end()
        if row != [""] { rows.append(row) }
        self.rows = rows
    }
}
