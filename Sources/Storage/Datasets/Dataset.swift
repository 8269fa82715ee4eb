import CHDF5

/// An array in a file. Its first axis counts rows; reading and writing go by whole rows.
///
/// A file may come from anyone, so opening a dataset checks its shape, type, filters and size against the file before anything
/// is allocated.
public final class Dataset: Object {
    /// The extents of the axes; empty for a single element.
    public let shape: [Int]

    /// What one element is in the file.
    public let elementType: ElementType

    /// How the elements lie in the file.
    public let layout: Layout

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The number of rows, the extent of the first axis; 1 for a single element.
    public var rowCount: Int { shape.first ?? 1 }

    /// The number of elements in a row.
    public var rowElementCount: Int { shape.dropFirst().reduce(1, *) }

    /// Takes over a dataset that was opened or created. The C functions are `H5Dget_space` and `H5Dget_type`.
    private init(checking handle: consuming Handle) throws(H5Error) {
        let id = handle.id
        let operation = "open the dataset \(objectName(id)) of \(Storage.fileName(id))"
        let space = try Handle(operation) { H5Dget_space(id) }
        let type = try Handle(operation) { H5Dget_type(id) }
        shape = try Storage.shape(of: space, operation)
        elementType = ElementType(type.id)
        layout = try Layout(of: id, operation)
        super.init(handle)
    }

    /// Opens a dataset. The C function is `H5Dopen2`.
    ///
    /// - Parameter isSparse: Whether chunks may never have been written, so that the shape alone says little of the size.
    convenience init(opening path: String, in location: hid_t, isSparse: Bool = false) throws(H5Error) {
        try self.init(
            checking: Handle("open the dataset \(path) of \(Storage.fileName(location))") {
                unsafe H5Dopen2(location, path, hid_t(H5P_DEFAULT))
            })
        try checkSize(isSparse: isSparse)
    }

    /// Creates a dataset. The C function is `H5Dcreate2`.
    convenience init(
        creating path: String, in location: hid_t, type: hid_t, shape: [Int], layout: Layout
    ) throws(H5Error) {
        let space = try dataspace(shape)
        let properties = try layout.properties()
        let (spaceID, propertiesID) = (space.id, properties.id)
        try self.init(
            checking: Handle("create the dataset \(path) in \(Storage.fileName(location))") {
                unsafe H5Dcreate2(
                    location, path, type, spaceID, hid_t(H5P_DEFAULT), propertiesID, hid_t(H5P_DEFAULT))
            })
    }

    /// Compares what the dataset claims to hold with what the file can hold.
    ///
    /// The factor is gzip's best: no stored byte becomes more than 1032. Uncompressed data has to be there byte for byte.
    private func checkSize(isSparse: Bool) throws(H5Error) {
        let type = try storedType()
        let limit = try fileSize(of: id)
        let factor = layout.chunk == nil ? 1 : 1032
        let elementBytes = H5Tget_size(type.id)
        let claims = [isSparse ? layout.chunk ?? shape : shape, layout.chunk ?? []].map {
            byteCount($0, elementBytes: elementBytes)
        }
        guard claims.allSatisfy({ $0.map { $0 / factor <= limit } ?? false }) else {
            throw H5Error(
                "open the dataset \(place)",
                because: "it claims \(elementType) of shape \(shape), but the file has only \(limit) bytes")
        }
    }

    func storedType() throws(H5Error) -> Handle {
        try Handle("open the dataset \(place)") { H5Dget_type(id) }
    }
}
