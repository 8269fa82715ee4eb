import CHDF5

/// Makes the type of texts: null-padded of a length in bytes (as numpy has them), or each of its own length; UTF-8.
///
/// The C functions are `H5Tcopy`, `H5Tset_size`, `H5Tset_strpad` and `H5Tset_cset`.
func stringType(length: Int?) throws(H5Error) -> Handle {
    let operation = "describe a text"
    let type = try Handle(operation) { H5Tcopy(chdf5_c_string()) }
    try call(operation) { H5Tset_size(type.id, length ?? chdf5_variable()) }
    let id = type.id
    if length != nil { try call(operation) { H5Tset_strpad(id, H5T_STR_NULLPAD) } }
    try call(operation) { H5Tset_cset(id, H5T_CSET_UTF8) }
    return type
}

/// The texts in a buffer of `count` texts of `length` bytes, each ended by its first zero or its length.
func strings(in bytes: [UInt8], length: Int, count: Int) -> [String] {
    (0..<count).map { index in
        let text = bytes[index * length..<(index + 1) * length].prefix { $0 != 0 }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The texts as fixed-length fields one after the other, filled with zeros.
func fixedFields(_ texts: [String], length: Int) -> [UInt8] {
    texts.flatMap { text in
        let bytes = Array(text.utf8.prefix(length))
        return bytes + [UInt8](repeating: 0, count: length - bytes.count)
    }
}
