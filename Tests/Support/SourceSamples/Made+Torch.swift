extension Made {
    /// What a pickle of PyTorch's says of a tensor.
    public struct Tensor {
        /// A member of the archive.
        let member: String
        let type: String
        let count: Int
        let offset: Int
        let shape: [Int]
        let strides: [Int]

        public init(
            _ member: String, _ type: String = "Byte", count: Int, offset: Int = 0, _ shape: [Int],
            strides: [Int]? = nil
        ) {
            (self.member, self.type, self.count, self.offset, self.shape) = (member, type, count, offset, shape)
            self.strides = strides ?? shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
        }

        /// The instructions that make it.
        public var pickle: [UInt8] {
            let storage: [[UInt8]] = [
                Made.mark, Made.text("storage"), Made.name("torch\n\(type)Storage"), Made.text(member),
                Made.text("cpu"),
                Made.number(count), Array("tQ".utf8),
            ]
            let view: [[UInt8]] = [Made.number(offset), tuple(shape), tuple(strides), [0x89]]
            let ends: [[UInt8]] = [Made.name("collections\nOrderedDict"), Array(")RtR".utf8)]
            let begins: [[UInt8]] = [Made.name("torch._utils\n_rebuild_tensor_v2"), Made.mark]
            return (begins + storage + view + ends).flatMap(\.self)
        }

        private func tuple(_ numbers: [Int]) -> [UInt8] { Made.mark + numbers.flatMap(Made.number) + Array("t".utf8) }
    }

    fileprivate static var mark: [UInt8] { [0x28] }

    fileprivate static func name(_ name: String) -> [UInt8] { Array("c\(name)\n".utf8) }

    fileprivate static func number(_ value: Int) -> [UInt8] { [0x4A] + stored([UInt32(truncatingIfNeeded: value)]) }

    fileprivate static func text(_ text: String) -> [UInt8] {
        [0x58] + stored([UInt32(text.utf8.count)]) + Array(text.utf8)
    }

    /// A pickle of one tensor, of a pair, or of a dictionary.
    public static func pickle(_ tensor: Tensor) -> [UInt8] { [0x80, 2] + tensor.pickle + [0x2E] }

    public static func pickle(_ first: Tensor, _ second: Tensor) -> [UInt8] {
        [0x80, 2] + first.pickle + second.pickle + [0x86, 0x2E]
    }

    public static func pickle(_ tensors: [String: Tensor]) -> [UInt8] {
        [0x80, 2, 0x7D, 0x28] + tensors.sorted { $0.key < $1.key }.flatMap { text($0.key) + $0.value.pickle }
            + Array("u.".utf8)
    }

    /// A file that `torch.save` wrote.
    public static func torch(_ pickle: [UInt8], _ storages: [[UInt8]]) -> [UInt8] {
        let numbers = storages.enumerated().map { ("a/data/\($0)", $1) }
        let others = [("a/data.pkl", pickle), ("a/version", [0x33, 0x0A]), ("a/byteorder", Array("little".utf8))]
        return zip(Dictionary(uniqueKeysWithValues: numbers + others))
    }
}
