/// How numbers lie in a file.
struct NumberFormat: Hashable, Sendable, CustomStringConvertible {
    enum Kind: String, Sendable {
        case bool, unsigned, signed, float
    }

    let kind: Kind
    /// Bytes of a number: 1, 2, 4 or 8.
    let size: Int
    var isBigEndian = false

    static let byte = NumberFormat(kind: .unsigned, size: 1)

    var description: String {
        switch kind {
        case .bool: "bool"
        case .unsigned: "uint\(8 * size)"
        case .signed: "int\(8 * size)"
        case .float: "float\(8 * size)"
        }
    }

    var isInteger: Bool { kind != .float }

    /// The numbers that some bytes are.
    func numbers(_ bytes: [UInt8]) -> [Double] {
        switch (kind, size) {
        case (.unsigned, 1): bytes.map(Double.init)
        case (.bool, _): bytes.map { $0 == 0 ? 0 : 1 }
        case (.signed, 1): bytes.map { Double(Int8(bitPattern: $0)) }
        default: words(bytes).map(number)
        }
    }

    private func number(_ word: UInt64) -> Double {
        switch (kind, size) {
        case (.float, 2): Double(Self.half(UInt16(word)))
        case (.float, 4): Double(Float(bitPattern: UInt32(word)))
        case (.float, _): Double(bitPattern: word)
        case (.signed, 2): Double(Int16(bitPattern: UInt16(word)))
        case (.signed, 4): Double(Int32(bitPattern: UInt32(word)))
        case (.signed, _): Double(Int64(bitPattern: word))
        default: Double(word)
        }
    }

    private func words(_ bytes: [UInt8]) -> [UInt64] {
        stride(from: 0, to: bytes.count / size * size, by: size).map { start in
            var word: UInt64 = 0
            for offset in 0..<size {
                word = word << 8 | UInt64(bytes[start + (isBigEndian ? offset : size - 1 - offset)])
            }
            return word
        }
    }

    /// IEEE 754's binary16; not every processor that Swift knows has it as a type.
    private static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits >> 15 == 1 ? -1 : 1
        let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
