import Contract

extension SafeTensors {
    /// Reads a file that nobody vouches for. Floats of 16 and 64 bits become float32, the nearest; whole numbers have to be I64.
    ///
    /// - Parameter file: Its name, for errors.
    /// - Throws: `SafeTensorsError` for anything but what the format allows: no hole, no overlap, nothing behind the last tensor.
    public init(_ bytes: [UInt8], file: String) throws(SafeTensorsError) {
        func broken(_ reason: String) -> SafeTensorsError { SafeTensorsError(file: file, reason: reason) }
        guard bytes.count >= 8 else { throw broken("is no safetensors file: it has \(bytes.count) bytes") }
        let length = number(bytes[0..<8], of: UInt64.self)
        guard length > 0, length <= UInt64(bytes.count - 8), length <= Self.longestHeader else {
            throw broken("is no safetensors file: its first 8 bytes say that a header of \(length) bytes follows")
        }
        let start = 8 + Int(length)
        guard bytes[8] == UInt8(ascii: "{"),
            case .dictionary(var header)? = ConfigurationNode(json: String(decoding: bytes[8..<start], as: UTF8.self))
        else { throw broken("has a header that is no JSON: write it again with the safetensors library") }
        metadata = Self.texts(header.removeValue(forKey: "__metadata__"))
        tensors = [:]
        var end = 0
        let entries = header.map { (name: $0.key, entry: Entry($0.value)) }
        // A tensor without numbers ends where it begins, and another may begin there, too.
        func place(_ name: String, _ entry: Entry?) -> (Int, Int, String) { (entry?.begin ?? 0, entry?.end ?? 0, name) }
        for (name, entry) in entries.sorted(by: { place($0.name, $0.entry) < place($1.name, $1.entry) }) {
            guard let entry, entry.begin == end, entry.end >= end, entry.end <= bytes.count - start else {
                throw broken("places the tensor \(name) where none can be: write it again with the safetensors library")
            }
            end = entry.end
            guard let elements = Elements(entry.type, bytes[start + entry.begin..<start + end], entry.shape) else {
                throw broken(
                    "holds the tensor \(name) as \(entry.type) \(entry.shape) in \(entry.end - entry.begin) bytes: write it as F32"
                )
            }
            tensors[name] = Tensor(shape: entry.shape, elements: elements)
        }
        guard start + end == bytes.count else { throw broken("goes on behind its last tensor: copy it again") }
    }

    private static let longestHeader: UInt64 = 100_000_000

    private static func texts(_ node: ConfigurationNode?) -> [String: String] {
        guard case .dictionary(let entries)? = node else { return [:] }
        return entries.compactMapValues { if case .string(let text) = $0 { text } else { nil } }
    }

    /// What the header says of a tensor.
    private struct Entry {
        let type: String
        let shape: [Int]
        let begin: Int
        let end: Int

        init?(_ node: ConfigurationNode) {
            guard case .string(let type)? = node["dtype"], let shape = Self.numbers(node["shape"]),
                let offsets = Self.numbers(node["data_offsets"]), offsets.count == 2
            else { return nil }
            (self.type, self.shape, begin, end) = (type, shape, offsets[0], offsets[1])
        }

        private static func numbers(_ node: ConfigurationNode?) -> [Int]? {
            guard case .array(let elements)? = node else { return nil }
            let numbers = elements.compactMap { if case .integer(let number) = $0, number >= 0 { number } else { nil } }
            return numbers.count == elements.count ? numbers : nil
        }
    }
}

extension SafeTensors.Elements {
    /// Nil for another type, or bytes that the shape does not need.
    fileprivate init?(_ type: String, _ bytes: ArraySlice<UInt8>, _ shape: [Int]) {
        func matches(width: Int) -> Bool {
            var count = width
            for extent in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: extent)
                guard !overflow else { return false }
                count = product
            }
            return count == bytes.count
        }
        switch type {
        case "F32" where matches(width: 4):
            self = .float32(numbers(bytes, of: UInt32.self).map { Float(bitPattern: $0) })
        case "F64" where matches(width: 8):
            self = .float32(numbers(bytes, of: UInt64.self).map { Float(Double(bitPattern: $0)) })
        case "F16" where matches(width: 2):
            self = .float32(numbers(bytes, of: UInt16.self).map { Float(Float16(bitPattern: $0)) })
        case "BF16" where matches(width: 2):
            self = .float32(numbers(bytes, of: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
        case "I64" where matches(width: 8):
            self = .int64(numbers(bytes, of: UInt64.self).map { Int64(bitPattern: $0) })
        default: return nil
        }
    }
}

private func numbers<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, of type: Number.Type) -> [Number] {
    let width = Number.bitWidth / 8
    return stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map {
        number(bytes[$0..<$0 + width], of: type)
    }
}

/// Of bytes, the lowest first.
private func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, of type: Number.Type) -> Number {
    bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
}

/// A file that is no safetensors file, or holds what weights are not.
public struct SafeTensorsError: Error, Hashable, CustomStringConvertible {
    public let file: String
    public let reason: String

    public var description: String { "\(file) \(reason)" }
}
