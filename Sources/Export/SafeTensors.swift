import Contract

/// A file of the safetensors format: named tensors and texts.
///
/// The length of the header (8 bytes, lowest first), the header (JSON, with spaces behind it so that its length is a multiple of 8), and the
/// tensors one after another, row-major, lowest byte first. Tensors lie in descending order of their alignment, then by name, so each is
/// aligned.
///
/// Source: https://github.com/huggingface/safetensors, README and `tensor.rs`.
public struct SafeTensors: Hashable, Sendable {
    /// The numbers that tensors are written in here.
    public enum Elements: Hashable, Sendable {
        case float32([Float])
        case int64([Int64])
    }

    public struct Tensor: Hashable, Sendable {
        public var shape: [Int]
        public var elements: Elements

        public init(shape: [Int], elements: Elements) {
            self.shape = shape
            self.elements = elements
        }
    }

    public var tensors: [String: Tensor]
    public var metadata: [String: String]

    public init(tensors: [String: Tensor], metadata: [String: String]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The bytes of the file; equal contents give equal bytes.
    public var encoded: [UInt8] {
        let texts = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
        var entries = metadata.isEmpty ? [] : ["\"__metadata__\":{\(texts.joined(separator: ","))}"]
        var data: [UInt8] = []
        for (name, tensor) in inOrder {
            let begin = data.count
            data += tensor.elements.bytes
            entries.append(
                "\(Self.quoted(name)):{\"dtype\":\"\(tensor.elements.name)\",\"shape\":["
                    + tensor.shape.map(String.init).joined(separator: ",")
                    + "],\"data_offsets\":[\(begin),\(data.count)]}")
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        return [Int64(header.count)].littleEndianBytes + header + data
    }

    private var inOrder: [(key: String, value: Tensor)] {
        tensors.sorted { left, right in
            let (a, b) = (left.value.elements.alignment, right.value.elements.alignment)
            return a != b ? a > b : Array(left.key.utf8).lexicographicallyPrecedes(Array(right.key.utf8))
        }
    }

    private static func quoted(_ text: String) -> String { ConfigurationNode.string(text).description }
}

extension SafeTensors.Elements {
    fileprivate var name: String {
        switch self {
        case .float32: "F32"
        case .int64: "I64"
        }
    }

    fileprivate var alignment: Int {
        switch self {
        case .float32: 4
        case .int64: 8
        }
    }

    fileprivate var bytes: [UInt8] {
        switch self {
        case .float32(let values): values.map(\.bitPattern).littleEndianBytes
        case .int64(let values): values.littleEndianBytes
        }
    }
}
