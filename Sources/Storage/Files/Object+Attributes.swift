import CHDF5

extension Object {
    /// Whether there is an attribute of this name. The C function is `H5Aexists`.
    public func hasAttribute(_ attribute: String) -> Bool {
        ((try? call("look for \(attribute)") { unsafe H5Aexists(id, attribute) }) ?? 0) > 0
    }

    /// The names of the attributes, sorted. The C function is `H5Aget_name_by_idx`.
    public func attributeNames() throws(H5Error) -> [String] {
        let id = id
        var names: [String] = []
        let limit = hsize_t(1 << 16)  // a file that claims more attributes than this is not believed
        while hsize_t(names.count) < limit {
            let index = hsize_t(names.count)
            let name = unsafe text {
                unsafe H5Aget_name_by_idx(
                    id, ".", H5_INDEX_NAME, H5_ITER_INC, index, $0, $1, hid_t(H5P_DEFAULT))
            }
            if name.isEmpty { break }
            names.append(name)
        }
        return names
    }

    /// Hangs a text on the object, as many bytes of UTF-8 as it has.
    public func setAttribute(_ attribute: String, _ value: String) throws(H5Error) {
        try setAttribute(attribute, [value], shape: [])
    }

    /// Hangs a list of texts on the object, each as many bytes of UTF-8 as the longest, filled up with zeros.
    public func setAttribute(_ attribute: String, _ values: [String]) throws(H5Error) {
        try setAttribute(attribute, values, shape: [values.count])
    }

    /// Hangs a number on the object.
    public func setAttribute<E: Element>(_ attribute: String, _ value: E) throws(H5Error) {
        try setAttribute(attribute, [value], shape: [])
    }

    /// Hangs a list of numbers on the object.
    public func setAttribute<E: Element>(_ attribute: String, _ values: [E]) throws(H5Error) {
        try setAttribute(attribute, values, shape: [values.count])
    }

    /// The number under a name, converted from whatever number is stored.
    public func attribute<E: Element>(_ attribute: String, as type: E.Type) throws(H5Error) -> E {
        let values = try attributes(attribute, as: type)
        guard values.count == 1 else {
            throw H5Error(reading(attribute), because: "expected 1 number, got \(values.count)")
        }
        return values[0]
    }

    /// The numbers under a name, converted from whatever numbers are stored. The C function is `H5Aread`.
    public func attributes<E: Element>(_ attribute: String, as type: E.Type) throws(H5Error) -> [E] {
        let source = try AttributeSource(attribute, of: self)
        guard source.elementType.isNumber else {
            throw H5Error(reading(attribute), because: "expected numbers, got \(source.elementType)")
        }
        let opened = source.attribute.id
        return try unsafe readNumbers(reading(attribute), count: source.count) {
            unsafe H5Aread(opened, E.memoryType, $0)
        }
    }

    /// The text under a name.
    public func attribute(_ attribute: String) throws(H5Error) -> String {
        let values: [String] = try attributes(attribute)
        guard values.count == 1 else {
            throw H5Error(reading(attribute), because: "expected 1 text, got \(values.count)")
        }
        return values[0]
    }

    /// The texts under a name, which must have a fixed length.
    public func attributes(_ attribute: String) throws(H5Error) -> [String] {
        let source = try AttributeSource(attribute, of: self)
        let opened = source.attribute.id
        return try unsafe readStrings(
            reading(attribute), type: source.type, count: source.count
        ) { unsafe H5Aread(opened, $0, $1) }
    }

    /// The texts under a name, of a fixed length or of lengths of their own.
    ///
    /// Texts with lengths of their own lie in a heap, and the library (1.10.8) believes what a file says of that. So this is only for
    /// files that a process with nothing to lose has read in the same way.
    public func texts(_ attribute: String) throws(H5Error) -> [String] {
        let source = try AttributeSource(attribute, of: self)
        guard source.elementType == .string(length: nil) else { return try attributes(attribute) }
        let (opened, type) = (source.attribute.id, source.type.id)
        return try unsafe readVariableStrings(reading(attribute), type: type, count: source.count) {
            unsafe H5Aread(opened, type, $0)
        }
    }

    func reading(_ attribute: String) -> String { "read the attribute \(attribute) of \(place)" }
}

extension Object {
    private func setAttribute<E: Element>(
        _ name: String, _ values: [E], shape: [Int]
    ) throws(H5Error) {
        let attribute = try createAttribute(name, type: E.memoryType, space: dataspace(shape))
        try call("write the attribute \(name) of \(place)") {
            unsafe values.withUnsafeBytes { unsafe H5Awrite(attribute.id, E.memoryType, $0.baseAddress) }
        }
    }

    private func setAttribute(_ name: String, _ values: [String], shape: [Int]) throws(H5Error) {
        let length = max(1, values.map(\.utf8.count).max() ?? 0)
        let type = try stringType(length: length)
        let attribute = try createAttribute(name, type: type.id, space: dataspace(shape))
        try call("write the attribute \(name) of \(place)") {
            unsafe H5Awrite(attribute.id, type.id, fixedFields(values, length: length))
        }
    }

    /// Hangs texts of variable lengths on the object, where other programs insist on them; `texts` reads them back.
    public func setVariableLengthAttribute(_ name: String, _ values: [String]) throws(H5Error) {
        let type = try stringType(length: nil)
        let attribute = try createAttribute(name, type: type.id, space: dataspace([values.count]))
        try unsafe writeStrings("write the attribute \(name) of \(place)", values) { pointer in
            unsafe H5Awrite(attribute.id, type.id, pointer)
        }
    }

    /// Creates an attribute. The C function is `H5Acreate2`.
    func createAttribute(_ name: String, type: hid_t, space: consuming Handle) throws(H5Error) -> Handle {
        let space = space.id
        return try Handle("write the attribute \(name) of \(place)") {
            unsafe H5Acreate2(id, name, type, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
        }
    }
}
