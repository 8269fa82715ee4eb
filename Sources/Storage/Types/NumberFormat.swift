import CHDF5

/// How a file writes one number: what has to be known to read it without the library.
public struct NumberFormat: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case unsigned
        case signed
        /// IEEE 754.
        case float
    }

    public let kind: Kind
    /// 1, 2, 4 or 8; of a float 2, 4 or 8.
    public let bytes: Int
    public let isBigEndian: Bool

    public static let byte = NumberFormat(.unsigned, bytes: 1)

    public init(_ kind: Kind, bytes: Int, isBigEndian: Bool = false) {
        self.kind = kind
        self.bytes = bytes
        self.isBigEndian = isBigEndian
    }

    /// Whether every number is one byte from 0 to 255.
    public var isByte: Bool { kind == .unsigned && bytes == 1 }

    /// Whether numbers have no fractions.
    public var isInteger: Bool { kind != .float }

    /// Such as `uint8`.
    public var description: String {
        switch kind {
        case .unsigned: "uint\(8 * bytes)"
        case .signed: "int\(8 * bytes)"
        case .float: "float\(8 * bytes)"
        }
    }

    /// The numbers that stored bytes stand for, the nearest that a `Float` holds.
    public func values(in stored: [UInt8]) -> [Float] { numbers(stored) }

    /// The numbers that stored bytes stand for, the nearest that a `Double` holds.
    public func numbers(in stored: [UInt8]) -> [Double] { numbers(stored) }

    private func numbers<Number: BinaryFloatingPoint>(_ stored: [UInt8]) -> [Number] {
        switch (kind, bytes) {
        case (.unsigned, 1): stored.map { Number($0) }
        case (.unsigned, 2): words(stored) { Number($0 as UInt16) }
        case (.unsigned, 4): words(stored) { Number($0 as UInt32) }
        case (.unsigned, 8): words(stored) { Number($0 as UInt64) }
        case (.signed, 1): stored.map { Number(Int8(bitPattern: $0)) }
        case (.signed, 2): words(stored) { Number($0 as Int16) }
        case (.signed, 4): words(stored) { Number($0 as Int32) }
        case (.signed, 8): words(stored) { Number($0 as Int64) }
        case (.float, 2): words(stored) { Number(Float16(bitPattern: $0 as UInt16)) }
        case (.float, 4): words(stored) { Number(Float(bitPattern: $0 as UInt32)) }
        case (.float, 8): words(stored) { Number(Double(bitPattern: $0 as UInt64)) }
        default: preconditionFailure("expected a number of 1, 2, 4 or 8 bytes, got \(self)")
        }
    }

    private func words<Stored: FixedWidthInteger, Number>(
        _ stored: [UInt8], _ number: (Stored) -> Number
    ) -> [Number] {
        let count = stored.count / bytes
        return unsafe stored.withUnsafeBytes { raw in
            unsafe [Number](unsafeUninitializedCapacity: count) { result, initialized in
                for index in 0..<count {
                    let word = unsafe raw.loadUnaligned(fromByteOffset: index * bytes, as: Stored.self)
                    unsafe result[index] = number(isBigEndian ? Stored(bigEndian: word) : Stored(littleEndian: word))
                }
                initialized = count
            }
        }
    }
}

extension Dataset {
    /// How the numbers or bools of a dataset are written; nil where it holds something else. The C function is `H5Tget_order`.
    public func numberFormat() throws(H5Error) -> NumberFormat? {
        let type = try storedType()
        let isBigEndian = H5Tget_order(type.id) == H5T_ORDER_BE
        return switch elementType {
        case .bool: NumberFormat(.unsigned, bytes: 1)
        case .integer(let bits, let signed):
            NumberFormat(signed ? .signed : .unsigned, bytes: bits / 8, isBigEndian: isBigEndian)
        case .float(let bits): NumberFormat(.float, bytes: bits / 8, isBigEndian: isBigEndian)
        case .string, .other: nil
        }
    }
}
