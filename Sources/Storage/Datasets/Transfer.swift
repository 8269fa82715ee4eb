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
///
/// Texts that have lengths of their own are refused: they lie in a heap, and the library (1.10.8) believes what the file says
/// of that.
func readStrings(
    _ operation: String, type: borrowing Handle, count: Int, _ transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
) throws(H5Error) -> [String] {
    switch ElementType(type.id) {
    case .string(let length?):
        let typeID = type.id
        let bytes: [UInt8] = try unsafe readNumbers(operation, count: count * length) { unsafe transfer(typeID, $0) }
        return strings(in: bytes, length: length, count: bytes.isEmpty ? 0 : count)
    case .string(nil):
        throw H5Error(
            operation,
            because: "its texts have variable lengths, which are not read since damage there crashes the HDF5 library; "
                + "write them with a fixed length (numpy.array(texts, dtype=\"S\"))")
    case let type: throw H5Error(operation, because: "expected texts, got \(type)")
    }
}

/// Reads `count` texts of their own lengths, of a stored type, through `transfer`, which fills an array of pointers to them.
///
/// The C function that gives back what the library allocated is `H5Dvlen_reclaim`.
func readVariableStrings(
    _ operation: @autoclosure () -> String, type: hid_t, count: Int, _ transfer: (UnsafeMutableRawPointer) -> herr_t
) throws(H5Error) -> [String] {
    guard count > 0 else { return [] }
    let space = try dataspace([count])
    var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    try call(operation()) { unsafe pointers.withUnsafeMutableBytes { unsafe transfer($0.baseAddress!) } }
    let texts = unsafe pointers.map { unsafe $0.map { unsafe String(cString: $0) } ?? "" }
    let spaceID = space.id
    try call(operation()) {
        unsafe pointers.withUnsafeMutableBytes {
            unsafe H5Dvlen_reclaim(type, spaceID, hid_t(H5P_DEFAULT), $0.baseAddress!)
        }
    }
    return texts
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
