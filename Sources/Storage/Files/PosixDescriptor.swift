import CHDF5
import Glibc

/// The descriptor that the library itself reads and writes a file through; nil for a file in memory.
///
/// It stays the library's. The C functions are `H5Fget_access_plist`, `H5Pget_driver` and `H5Fget_vfd_handle`.
func posixDescriptor(of file: hid_t) throws(H5Error) -> Int32? {
    let operation = "use the file \(fileName(file))"
    let access = try Handle(operation) { H5Fget_access_plist(file) }
    let accessID = access.id
    guard H5Pget_driver(accessID) == chdf5_driver_posix() else { return nil }
    var pointer: UnsafeMutableRawPointer? = nil
    try call(operation) { unsafe H5Fget_vfd_handle(file, accessID, &pointer) }
    return unsafe pointer?.load(as: Int32.self)
}
