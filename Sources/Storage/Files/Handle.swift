import CHDF5

/// The owner of one identifier of the library: file, group, dataset, dataspace, datatype, attribute or property list.
///
/// The identifier is released when its owner goes. The C function is `H5Idec_ref`.
struct Handle: ~Copyable {
    let id: hid_t

    /// Takes over the identifier that `body` makes.
    init(_ operation: @autoclosure () -> String, _ body: () -> hid_t) throws(H5Error) {
        id = try call(operation(), body)
    }

    deinit {
        H5Idec_ref(id)
    }
}

/// A text that the library hands out by length and copy, as `H5Iget_name` does.
///
/// - Parameter fill: Writes into a buffer of the given size, or only measures where the buffer is nil.
func text(_ fill: (UnsafeMutablePointer<CChar>?, Int) -> Int) -> String {
    let length = fill(nil, 0)
    guard length > 0 else { return "" }
    var bytes = [CChar](repeating: 0, count: length + 1)
    _ = unsafe bytes.withUnsafeMutableBufferPointer { unsafe fill($0.baseAddress, $0.count) }
    return String(decoding: bytes.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The name of the file that holds an object, as it was given when the file was opened.
func fileName(_ id: hid_t) -> String {
    let name = unsafe text { unsafe H5Fget_name(id, $0, $1) }
    return String(name.prefix { $0 != memoryNameEnd })
}

/// What stands between the name of a file in memory and the number that makes it unique; no path has it.
let memoryNameEnd: Character = "\u{1}"

/// The path of an object in its file.
func objectName(_ id: hid_t) -> String {
    unsafe text { unsafe H5Iget_name(id, $0, $1) }
}
