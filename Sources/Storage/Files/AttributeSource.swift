import CHDF5

/// An attribute opened for reading, once its size has been compared with the file's.
struct AttributeSource: ~Copyable {
    let attribute: Handle
    let type: Handle
    let elementType: ElementType
    let count: Int

    /// The C functions are `H5Aopen`, `H5Aget_type` and `H5Aget_space`.
    init(_ name: String, of object: Object) throws(H5Error) {
        let operation = object.reading(name)
        let attribute = try Handle(operation) { unsafe H5Aopen(object.id, name, hid_t(H5P_DEFAULT)) }
        let id = attribute.id
        let type = try Handle(operation) { H5Aget_type(id) }
        let space = try Handle(operation) { H5Aget_space(id) }
        let shape = try Storage.shape(of: space, operation)
        let bytes = byteCount(shape, elementBytes: H5Tget_size(type.id))
        let limit = try fileSize(of: object.id)
        guard let bytes, bytes <= limit else {
            throw H5Error(operation, because: "it claims shape \(shape) in a file of \(limit) bytes")
        }
        elementType = ElementType(type.id)
        count = shape.reduce(1, *)
        self.attribute = attribute
        self.type = type
    }
}

/// The size in bytes of the file that holds an object. The C functions are `H5Iget_file_id` and `H5Fget_filesize`.
func fileSize(of object: hid_t) throws(H5Error) -> Int {
    let file = try Handle("find the file of \(objectName(object))") { H5Iget_file_id(object) }
    var size = hsize_t(0)
    let id = file.id
    try call("measure \(fileName(object))") { unsafe H5Fget_filesize(id, &size) }
    return Int(clamping: size)
}
