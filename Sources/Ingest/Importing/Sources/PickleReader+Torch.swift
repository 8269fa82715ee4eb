import Storage

/// What PyTorch's pickles say of tensors: where their numbers are. The numbers themselves lie beside the pickle.
/// Source: PyTorch, `torch/serialization.py` and `torch/_utils.py`.
extension PickleReader {
    /// The numbers that tensors are views of: a member of the archive.
    struct Storage {
        let member: String
        let format: NumberFormat
        let count: Int
    }

    /// A view of a storage: where its first number is, and how far the next is along each axis, in numbers.
    struct Tensor {
        let storage: Storage
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    static let rebuildTensor = "torch._utils._rebuild_tensor_v2"
    static let orderedDictionary = "collections.OrderedDict"
    static let torchNames = Set(storages.keys).union([rebuildTensor, orderedDictionary])

    private static let storages = [
        "torch.ByteStorage": NumberFormat.byte, "torch.BoolStorage": .byte,
        "torch.CharStorage": NumberFormat(.signed, bytes: 1), "torch.ShortStorage": NumberFormat(.signed, bytes: 2),
        "torch.IntStorage": NumberFormat(.signed, bytes: 4), "torch.LongStorage": NumberFormat(.signed, bytes: 8),
        "torch.HalfStorage": NumberFormat(.float, bytes: 2), "torch.FloatStorage": NumberFormat(.float, bytes: 4),
        "torch.DoubleStorage": NumberFormat(.float, bytes: 8),
    ]

    /// What `("storage", type, name, device, count)` stands for.
    func storage(_ identity: Value) throws -> Storage {
        guard case .tuple(let values) = identity, values.count == 5, case .text("storage") = values[0],
            case .name(let type) = values[1], let format = Self.storages[type], case .text(let member) = values[2],
            case .integer(let count) = values[4], count >= 0
        else { throw damaged("it names something else than a tensor's numbers") }
        return Storage(member: member, format: format, count: count)
    }

    /// What `_rebuild_tensor_v2(storage, offset, shape, strides, …)` makes.
    func tensor(_ arguments: [Value]) throws -> Tensor {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            let shape = arguments[2].integers, let strides = arguments[3].integers, shape.count == strides.count
        else { throw damaged("a tensor lacks its shape or its numbers") }
        return Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
    }
}
