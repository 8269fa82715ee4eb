import CHDF5
import Synchronization

/// A dataset whose elements are rows of bytes of their own lengths, such as encoded pictures; read one at a time.
///
/// They lie in a heap, and the library (1.10.8) believes what a file says of that. So this is only for files that a process with
/// nothing to lose has read in the same way.
public final class VariableBytes: Sendable {
    public let place: String
    public let count: Int
    private let dataset: Mutex<OpenDataset>

    private struct OpenDataset: ~Copyable {
        let dataset: Dataset
        /// The bytes that the file has: no element has more.
        let limit: Int
    }

    /// Opens a dataset of a file of its own; nil where it has other elements. The C function is `H5Tget_super`.
    public init?(path: String, name: String) throws(H5Error) {
        let dataset = try File.open(path).root.dataset(name)
        let type = try dataset.storedType()
        guard H5Tget_class(type.id) == H5T_VLEN, dataset.shape.count == 1 else { return nil }
        let typeID = type.id
        let base = try Handle("read the dataset \(dataset.place)") { H5Tget_super(typeID) }
        guard case .integer(bits: 8, _) = ElementType(base.id) else { return nil }
        (place, count) = (dataset.place, dataset.count)
        self.dataset = Mutex(OpenDataset(dataset: dataset, limit: try fileSize(of: dataset.id)))
    }

    /// The bytes of one element. The C functions are `H5Dread` and `H5Dvlen_reclaim`.
    public func bytes(of row: Int) throws(H5Error) -> [UInt8] {
        try dataset.withLock { (open) throws(H5Error) in try Self.read(row, open.dataset, open.limit) }
    }

    private static func read(_ row: Int, _ dataset: Dataset, _ limit: Int) throws(H5Error) -> [UInt8] {
        let operation = "read the dataset \(dataset.place)"
        let type = try dataset.storedType()
        let selection = try RowSelection(row..<row + 1, of: dataset)
        let (id, typeID, memory, file) = (dataset.id, type.id, selection.memory.id, selection.file.id)
        var element = unsafe hvl_t(len: 0, p: nil)
        try call(operation) { unsafe H5Dread(id, typeID, memory, file, hid_t(H5P_DEFAULT), &element) }
        let length = unsafe element.len
        let bytes = unsafe length <= limit ? [UInt8](UnsafeRawBufferPointer(start: element.p, count: length)) : []
        try call(operation) { unsafe H5Dvlen_reclaim(typeID, memory, hid_t(H5P_DEFAULT), &element) }
        guard length <= limit else {
            throw H5Error(operation, because: "row \(row) claims \(length) bytes in a file of \(limit)")
        }
        return bytes
    }
}
