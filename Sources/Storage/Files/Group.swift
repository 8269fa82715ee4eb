import CHDF5

/// A group of a file: names that stand for groups and datasets. Names may be paths such as `optimizer/mean`.
public final class Group: Object {
    /// Opens a group. The C function is `H5Gopen2`.
    convenience init(opening path: String, in location: hid_t) throws(H5Error) {
        self.init(
            try Handle("open the group \(path) of \(Storage.fileName(location))") {
                unsafe H5Gopen2(location, path, hid_t(H5P_DEFAULT))
            })
    }

    /// Creates a group in this one. The C function is `H5Gcreate2`.
    public func createGroup(_ name: String) throws(H5Error) -> Group {
        Group(
            try Handle("create the group \(name) in \(fileName)") {
                unsafe H5Gcreate2(id, name, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
            })
    }

    /// Opens a group in this one.
    public func group(_ name: String) throws(H5Error) -> Group {
        try Group(opening: name, in: id)
    }

    /// Opens a dataset in this group, after checking that what it claims to be can be.
    public func dataset(_ name: String) throws(H5Error) -> Dataset {
        try Dataset(opening: name, in: id)
    }

    /// Opens a dataset of chunks of which some may never have been written; its readers count those.
    public func sparseDataset(_ name: String) throws(H5Error) -> Dataset {
        try Dataset(opening: name, in: id, isSparse: true)
    }

    /// What a name stands for.
    public enum Kind: Hashable, Sendable {
        case group
        case dataset
        case other
        /// What the library cannot open, with its reason: a link that leads nowhere, or a newer format.
        case closed(H5Error)
    }

    /// What a name stands for, or nil where there is no such name. The C functions are `H5Lexists` and `H5Oopen`.
    public func kind(of name: String) -> Kind? {
        guard exists(name) else { return nil }
        do {
            let object = try Handle("open \(name) of \(fileName)", { unsafe H5Oopen(id, name, hid_t(H5P_DEFAULT)) })
            switch H5Iget_type(object.id) {
            case H5I_GROUP: return .group
            case H5I_DATASET: return .dataset
            default: return .other
            }
        } catch {
            return .closed(error)
        }
    }

    /// Whether every part of the path is there; the library asks for each in turn.
    private func exists(_ name: String) -> Bool {
        var path = ""
        for part in name.split(separator: "/") {
            path += path.isEmpty ? String(part) : "/\(part)"
            let found = (try? call("look for \(path)") { unsafe H5Lexists(id, path, hid_t(H5P_DEFAULT)) }) ?? 0
            guard found > 0 else { return false }
        }
        return !path.isEmpty
    }

    /// The names in this group, sorted. The C function is `H5Literate`.
    public func names() throws(H5Error) -> [String] {
        let operation = "list the group \(name) of \(fileName)"
        var names: [String] = []
        let id = id
        try call(operation) {
            unsafe withUnsafeMutablePointer(to: &names) { names in
                unsafe H5Literate(
                    id, H5_INDEX_NAME, H5_ITER_INC, nil,
                    { _, name, _, names in
                        guard let name = unsafe name, let names = unsafe names else { return -1 }
                        let list = unsafe names.assumingMemoryBound(to: [String].self)
                        unsafe list.pointee.append(String(cString: name))
                        return unsafe list.pointee.count <= Group.mostNames ? 0 : 1
                    }, names)
            }
        }
        guard names.count <= Self.mostNames else {
            throw H5Error(operation, because: "it has more than \(Self.mostNames) names")
        }
        return names
    }

    /// A file that claims more names than this is not believed.
    private static let mostNames = 1 << 20
}
