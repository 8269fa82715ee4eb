extension ConfigurationNode: CustomStringConvertible {
    /// The tree as JSON, keys sorted, without spaces: equal trees give equal text.
    public var description: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): Self.quoted(value)
        case .array(let elements): "[\(elements.map(\.description).joined(separator: ","))]"
        case .dictionary(let entries):
            "{\(entries.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\($0.value)" }.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case ..<" ": "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2) + String(scalar.value, radix: 16)
        default: String(scalar)
        }
    }

    /// Reads JSON (RFC 8259), or returns nil for any other text, also for one that is nested more than 64 deep, has more than 4 MiB
    /// or holds more than 100,000 values.
    public init?(json: String) {
        guard json.utf8.count <= JSONParser.byteLimit else { return nil }
        var parser = JSONParser(Array(json.utf8))
        guard let node = parser.document() else { return nil }
        self = node
    }
}

/// Reads JSON from bytes that nobody vouches for.
private struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var values = 0

    static let byteLimit = 4 << 20
    private static let valueLimit = 100_000

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() -> ConfigurationNode? {
        guard let node = value() else { return nil }
        skipSpaces()
        return position == bytes.count ? node : nil
    }

    private mutating func value() -> ConfigurationNode? {
        skipSpaces()
        guard position < bytes.count, depth < 64, values < Self.valueLimit else { return nil }
        depth += 1
        values += 1
        defer { depth -= 1 }
        switch bytes[position] {
        case UInt8(ascii: "{"): return dictionary()
        case UInt8(ascii: "["): return array()
        case UInt8(ascii: "\""): return string().map(ConfigurationNode.string)
        case UInt8(ascii: "t"): return take("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): return take("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func dictionary() -> ConfigurationNode? {
        var entries: [String: ConfigurationNode] = [:]
        position += 1
        if take("}") { return .dictionary(entries) }
        repeat {
            skipSpaces()
            guard let key = string(), take(":"), let value = value() else { return nil }
            guard entries.updateValue(value, forKey: key) == nil else { return nil }
        } while take(",")
        return take("}") ? .dictionary(entries) : nil
    }

    private mutating func array() -> ConfigurationNode? {
        var elements: [ConfigurationNode] = []
        position += 1
        if take("]") { return .array(elements) }
        repeat {
            guard let value = value() else { return nil }
            elements.append(value)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var units: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: units, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                units += Array(String(scalar).utf8)
            case ..<0x20: return nil
            default: units.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): return codePoint()
        default: return nil
        }
    }

    private mutating func codePoint() -> Unicode.Scalar? {
        guard let unit = hexadecimal() else { return nil }
        guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) }
        guard take("\\u"), let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    }

    private mutating func hexadecimal() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        let digits = bytes[position..<position + 4]
        position += 4
        guard digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func number() -> ConfigurationNode? {
        let start = position
        while position < bytes.count, "+-.eE0123456789".utf8.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let first = text.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: ".") else { return nil }
        if let integer = Int(text) { return .integer(integer) }
        return Double(text).flatMap { $0.isFinite ? .real($0) : nil }
    }

    /// Takes the given text if it comes next, after any spaces unless it belongs to a string.
    private mutating func take(_ text: StaticString) -> Bool {
        let wanted = Array(text.description.utf8)
        if wanted[0] != UInt8(ascii: "\\") { skipSpaces() }
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func skipSpaces() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }
}
