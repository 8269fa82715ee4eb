/// Takes fields in little-endian order from bytes that nobody trusts.
///
/// A length is checked against what is left before anything of that length is made.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func read<Integer: FixedWidthInteger & UnsignedInteger>(_: Integer.Type) throws(WireError) -> Integer {
        var value: Integer = 0
        for (index, byte) in try take(Integer.bitWidth / 8).enumerated() {
            value |= Integer(byte) << Integer(8 * index)
        }
        return value
    }

    /// Reads a number so far below the largest signed one that sums, and products with a list's length, cannot overflow.
    mutating func readCount(atMost limit: Int = 1 << 48) throws(WireError) -> Int {
        let value = try read(UInt64.self)
        guard value <= UInt64(limit) else { throw .invalid("number (\(value) is above \(limit))") }
        return Int(value)
    }

    mutating func readFlag() throws(WireError) -> Bool {
        switch try read(UInt8.self) {
        case 0: false
        case 1: true
        default: throw .invalid("flag")
        }
    }

    mutating func readFixed(_ count: Int) throws(WireError) -> [UInt8] {
        Array(try take(count))
    }

    mutating func readText(atMost limit: Int) throws(WireError) -> String {
        let count = Int(try read(UInt32.self))
        guard count <= limit else { throw .invalid("text (\(count) bytes, at most \(limit) are accepted)") }
        guard let text = String(validating: try take(count), as: UTF8.self) else { throw .invalid("text") }
        return text
    }

    mutating func readList(atMost limit: Int) throws(WireError) -> [UInt32] {
        let count = Int(try read(UInt32.self))
        guard count <= limit else { throw .invalid("list (\(count) values, at most \(limit) are accepted)") }
        guard count * 4 <= remaining else { throw .truncated }
        var values: [UInt32] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try read(UInt32.self)) }
        return values
    }

    func finish() throws(WireError) {
        if remaining > 0 { throw .trailing(remaining) }
    }

    private mutating func take(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count <= remaining else { throw .truncated }
        defer { position += count }
        return bytes[position..<(position + count)]
    }
}
