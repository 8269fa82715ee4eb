/// The names of the parts of one contiguous float32 buffer.
///
/// Parameters, running statistics, inputs and results are each one buffer, so that fold, optimizer, digest and file are each
/// one pass. A slice holds its tensor in row-major order.
public struct SliceTable: Hashable, Sendable, Codable {
    public struct Slice: Hashable, Sendable, Codable {
        public let name: String
        public let shape: Shape
        public let offset: Int

        public var range: Range<Int> { offset..<offset + shape.count }
    }

    public private(set) var slices: [Slice] = []

    public init() {}

    public init(_ entries: [(name: String, shape: Shape)]) {
        for entry in entries { append(entry.name, entry.shape) }
    }

    /// The length of the buffer in elements.
    public var count: Int { slices.last?.range.upperBound ?? 0 }

    /// Adds a slice at the end.
    public mutating func append(_ name: String, _ shape: Shape) {
        precondition(self[name] == nil, "two slices are called \(name)")
        slices.append(Slice(name: name, shape: shape, offset: count))
    }

    /// The slice of that name, or nil.
    public subscript(name: String) -> Slice? { slices.first { $0.name == name } }
}
