/// A SHA-256 digest: 32 bytes, written as 64 hexadecimal digits.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// - Parameter bytes: Exactly 32.
    public init(bytes: [UInt8]) {
        precondition(bytes.count == 32, "expected the 32 bytes of a SHA-256 digest, got \(bytes.count)")
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits; nil for anything else.
    public init?(_ description: String) {
        let digits = description.utf8.compactMap { UInt8(hexadecimalDigit: $0) }
        guard digits.count == 64, description.utf8.count == 64 else { return nil }
        bytes = (0..<32).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
    }

    /// 64 lowercase hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

extension SHA256Digest: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = SHA256Digest(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected 64 hexadecimal digits, got \(text.debugDescription)")
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UInt8 {
    /// The value of an ASCII digit or letter a to f.
    fileprivate init?(hexadecimalDigit digit: UInt8) {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self = digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self = digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self = digit - UInt8(ascii: "A") + 10
        default: return nil
        }
    }
}
