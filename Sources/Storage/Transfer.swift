import CHDF5

/// Reads `count` numbers through `transfer`, which fills the memory it is given.
func readNumbers<E: Element>(
    _ operation: @autoclosure () -> String, count: Int, _ transfer: (UnsafeMutableRawPointer) -> herr_t
) throws(H5Error) -> [E] {
    guard count > 0 else { return [] }
    var values: [E] = []
    try call(operation()) {
        var status: herr_t = -1
        values = unsafe [E](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let address = buffer.baseAddress else { return }
            status = unsafe transfer(UnsafeMutableRawPointer(address))
            initialized = status >= 0 ? count : 0
        }
        return status
    }
    return values
}

/// Reads `count` texts of a stored type through `transfer`, which fills memory of the type it is given.
func readStrings(
    _ operation: String, type: borrowing Handle, space: borrowing Handle, count: Int,
    _ transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
) throws(H5Error) -> [String] {
    guard case .string(let length) = ElementType(type.id) else {
        throw H5Error(operation, because: "expected texts, got \(ElementType(type.id))")
    }
    let typeID = type.id
    if let length {
        let bytes: [UInt8] = try unsafe readNumbers(operation, count: count * length) { unsafe transfer(typeID, $0) }
        return strings(in: bytes, length: length, count: bytes.isEmpty ? 0 : count)
    }
    return try unsafe readOwnLengthStrings(operation, type: typeID, space: space.id, count: count, transfer)
}

/// Texts of their own lengths, which the library allocates one by one and `H5Dvlen_reclaim` frees.
private func readOwnLengthStrings(
    _ operation: String, type: hid_t, space: hid_t, count: Int,
    _ transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
) throws(H5Error) -> [String] {
    guard count > 0 else { return [] }
    var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    try call(operation) { unsafe transfer(type, &pointers) }
    defer { _ = unsafe H5Dvlen_reclaim(type, space, hid_t(H5P_DEFAULT), &pointers) }
    return unsafe pointers.map { text in
        guard let text = unsafe text else { return "" }
        return unsafe String(cString: text)
    }
}

/// Writes texts of their own lengths through `transfer`, which is given an array of pointers to them.
func writeStrings(
    _ operation: @autoclosure () -> String, _ values: [String], _ transfer: (UnsafeRawPointer?) -> herr_t
) throws(H5Error) {
    // One buffer holds all the texts with their final zeros, so that the pointers into it stay valid together.
    let offsets = values.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count + 1) }
    let bytes = values.flatMap { text -> [UInt8] in Array(text.utf8) + [0] }
    try call(operation()) {
        unsafe bytes.withUnsafeBytes { bytes in
            let pointers = unsafe offsets.dropLast().map { offset in unsafe bytes.baseAddress.map { unsafe $0 + offset }
            }
            return unsafe pointers.withUnsafeBytes { unsafe transfer($0.baseAddress) }
        }
    }
}
