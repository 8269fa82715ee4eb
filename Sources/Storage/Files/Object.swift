import CHDF5

/// A group or a dataset: what has a path in a file, and attributes, which are small named values.
public class Object {
    let handle: Handle

    init(_ handle: consuming Handle) {
        self.handle = handle
    }

    var id: hid_t { handle.id }

    /// The object's path in its file. The C function is `H5Iget_name`.
    public var name: String { objectName(id) }

    /// The path of the file, or the name that its image was given. The C function is `H5Fget_name`.
    public var fileName: String { Storage.fileName(id) }

    /// The object in words, for errors.
    var place: String { "\(name) of \(fileName)" }
}
