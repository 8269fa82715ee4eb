import CHDF5

/// Makes a dataspace of a shape; no axes make a scalar. The C functions are `H5Screate_simple` and `H5Screate`.
func dataspace(_ shape: [Int]) throws(H5Error) -> Handle {
    let extents = shape.map { hsize_t($0) }
    return try Handle("describe the shape \(shape)") {
        shape.isEmpty ? H5Screate(H5S_SCALAR) : unsafe H5Screate_simple(Int32(extents.count), extents, nil)
    }
}

/// The shape of a dataspace. The C function is `H5Sget_simple_extent_dims`.
///
/// - Throws: `H5Error` where there are no extents, or their product does not fit an `Int`, also of those beside a 0.
func shape(of space: borrowing Handle, _ operation: String) throws(H5Error) -> [Int] {
    let id = space.id
    let rank = try call(operation) { H5Sget_simple_extent_ndims(id) }
    guard H5Sget_simple_extent_type(id) != H5S_NULL else { throw H5Error(operation, because: "it holds no elements") }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    try call(operation) { unsafe H5Sget_simple_extent_dims(id, &extents, nil) }
    let shape = extents.map { Int(clamping: $0) }
    guard byteCount(shape.map { max($0, 1) }, elementBytes: 1) != nil else {
        throw H5Error(operation, because: "its shape \(shape) is too large to be true")
    }
    return shape
}

/// The bytes of an array of a shape, or nil where they do not fit an `Int`.
func byteCount(_ shape: [Int], elementBytes: Int) -> Int? {
    var bytes = elementBytes
    for extent in shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
        guard !overflow else { return nil }
        bytes = product
    }
    return bytes
}
