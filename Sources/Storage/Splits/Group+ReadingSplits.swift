import CHDF5

extension Group {
    /// Reads Fuel's `split` attribute, or nil where there is none.
    ///
    /// Fields are found by name, whatever their order and their texts' lengths; `indices`, `available` and `comment` may be missing.
    public func splits() throws(H5Error) -> [SplitEntry]? {
        guard hasAttribute(SplitEntry.attribute) else { return nil }
        let source = try AttributeSource(SplitEntry.attribute, of: self)
        let table = CompoundReader(source: source, operation: reading(SplitEntry.attribute))
        try table.checkFields()
        let count = table.count
        guard count <= SplitEntry.limit else {
            throw H5Error(
                table.operation, because: "it has \(count) rows, more than the \(SplitEntry.limit) that are believed")
        }
        let (splits, sources) = (try table.texts("split"), try table.texts("source"))
        let (starts, stops) = (try table.integers("start"), try table.integers("stop"))
        let available = table.has("available") ? try table.integers("available") : Array(repeating: 1, count: count)
        let comments = table.has("comment") ? try table.texts("comment") : Array(repeating: ".", count: count)
        let indices =
            table.has("indices") ? try table.references("indices").map(path) : Array(repeating: nil, count: count)
        var entries: [SplitEntry] = []
        for row in 0..<count {
            guard starts[row] >= 0, starts[row] <= stops[row] else {
                throw H5Error(table.operation, because: "split \(splits[row]) has rows \(starts[row]) to \(stops[row])")
            }
            entries.append(
                SplitEntry(
                    split: splits[row], source: sources[row], rows: starts[row]..<stops[row], indices: indices[row],
                    available: available[row] != 0, comment: comments[row]))
        }
        return entries
    }

    /// The path of the object that a reference stands for; nil for the null reference. The C function is `H5Rget_name`.
    private func path(_ reference: Int) -> String? {
        guard reference != 0 else { return nil }
        var reference = hobj_ref_t(UInt64(bitPattern: Int64(reference)))
        let path = unsafe text { name, size in unsafe H5Rget_name(id, H5R_OBJECT, &reference, name, size) }
        return path.isEmpty ? nil : path
    }
}

/// Reads an attribute of compound type, one field of all rows at a time.
///
/// The library fills a memory type that has only the wanted field, which it finds by name.
private struct CompoundReader: ~Copyable {
    let source: AttributeSource
    let operation: String

    var count: Int { source.count }

    /// Refuses a table with a field that lies outside its rows or is not of a kind that Fuel's table has: the library copies
    /// every field from where the file says it is.
    ///
    /// The C functions are `H5Tget_nmembers`, `H5Tget_member_type` and `H5Tget_member_offset`.
    func checkFields() throws(H5Error) {
        let type = source.type.id
        guard source.elementType == .other("compound") else {
            throw H5Error(operation, because: "expected a table, got \(source.elementType)")
        }
        for index in 0..<UInt32(clamping: H5Tget_nmembers(type)) {
            let member = try Handle(operation) { H5Tget_member_type(type, index) }
            let (end, overflow) = H5Tget_member_offset(type, index).addingReportingOverflow(H5Tget_size(member.id))
            guard !overflow, end <= H5Tget_size(type), isField(ElementType(member.id)) else {
                throw H5Error(operation, because: "its field \(index) is not one of a table of splits")
            }
        }
    }

    private func isField(_ type: ElementType) -> Bool {
        switch type {
        case .integer, .bool, .string(.some), .other("reference"): true
        case .float, .string(nil), .other: false
        }
    }

    func has(_ field: String) -> Bool {
        guard source.elementType == .other("compound") else { return false }
        return unsafe H5Tget_member_index(source.type.id, field) >= 0
    }

    func texts(_ field: String) throws(H5Error) -> [String] {
        let member = try memberType(field)
        let wanted = try fieldType(field, member.id)
        let (attribute, type) = (source.attribute.id, wanted.id)
        return try unsafe readStrings(operation, type: member, count: count) { _, pointer in
            unsafe H5Aread(attribute, type, pointer)
        }
    }

    func integers(_ field: String) throws(H5Error) -> [Int] {
        try values(field, memoryType: chdf5_native_int64())
    }

    func references(_ field: String) throws(H5Error) -> [Int] {
        try values(field, memoryType: chdf5_object_reference())
    }

    private func values(_ field: String, memoryType: hid_t) throws(H5Error) -> [Int] {
        _ = try memberType(field)
        let wanted = try fieldType(field, memoryType)
        let (attribute, type) = (source.attribute.id, wanted.id)
        return try unsafe readNumbers(operation, count: count) { unsafe H5Aread(attribute, type, $0) }
    }

    private func memberType(_ field: String) throws(H5Error) -> Handle {
        guard has(field) else { throw H5Error(operation, because: "it has no field \(field)") }
        let type = source.type.id
        return try Handle(operation) { unsafe H5Tget_member_type(type, UInt32(H5Tget_member_index(type, field))) }
    }

    private func fieldType(_ field: String, _ type: hid_t) throws(H5Error) -> Handle {
        let wanted = try Handle(operation) { H5Tcreate(H5T_COMPOUND, H5Tget_size(type)) }
        let id = wanted.id
        try call(operation) { unsafe H5Tinsert(id, field, 0, type) }
        return wanted
    }
}
