/// The names of files as texts.
enum PathText {
    /// A path as it is; each byte that is no part of UTF-8 as `\xE9`, so that two names never become one.
    static func text(_ path: some Sequence<UInt8>) -> String {
        let bytes = Array(path)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var (text, place) = ("", 0)
        while place < bytes.count {
            let length = scalarLength(bytes[place...])
            if let length {
                text += String(decoding: bytes[place..<place + length], as: UTF8.self)
            } else {
                text += "\\x" + hex(bytes[place] >> 4) + hex(bytes[place] & 15)
            }
            place += length ?? 1
        }
        return text
    }

    /// The bytes of the character that some bytes begin with; nil where they begin with none.
    private static func scalarLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        (1...4).first { $0 <= bytes.count && String(validating: bytes.prefix($0), as: UTF8.self) != nil }
    }

    private static func hex(_ digit: UInt8) -> String { String(digit, radix: 16, uppercase: true) }
}
