import CHDF5

extension Group {
    /// Writes Fuel's `split` attribute, as h5py writes it: a packed compound of seven fields.
    ///
    /// The fields are `split` and `source` (fixed texts), `start` and `stop` (int64), `indices` (object reference), `available` (h5py's
    /// bool) and `comment` (fixed text). The C functions are `H5Tcreate`, `H5Tinsert`, `H5Rcreate` and `H5Awrite`.
    public func setSplits(_ entries: [SplitEntry]) throws(H5Error) {
        let lengths = TextLengths(of: entries)
        let type = try Self.splitType(lengths)
        let attribute = try createAttribute(SplitEntry.attribute, type: type.id, space: dataspace([entries.count]))
        var records: [UInt8] = []
        for entry in entries { records += try record(of: entry, lengths) }
        let (attributeID, typeID) = (attribute.id, type.id)
        try call("write the splits of \(fileName)") { unsafe H5Awrite(attributeID, typeID, records) }
    }

    private struct TextLengths {
        let split: Int
        let source: Int
        let comment: Int

        init(of entries: [SplitEntry]) {
            func longest(_ field: (SplitEntry) -> String) -> Int {
                max(1, entries.map { field($0).utf8.count }.max() ?? 0)
            }
            split = longest(\.split)
            source = longest(\.source)
            comment = longest(\.comment)
        }
    }

    private static func splitType(_ lengths: TextLengths) throws(H5Error) -> Handle {
        let split = try stringType(length: lengths.split)
        let source = try stringType(length: lengths.source)
        let available = try boolType()
        let comment = try stringType(length: lengths.comment)
        let fields = [
            ("split", split.id), ("source", source.id), ("start", chdf5_native_int64()),
            ("stop", chdf5_native_int64()), ("indices", chdf5_object_reference()), ("available", available.id),
            ("comment", comment.id),
        ]
        let size = fields.reduce(0) { $0 + H5Tget_size($1.1) }
        let type = try Handle("describe a split") { H5Tcreate(H5T_COMPOUND, size) }
        let id = type.id
        var offset = 0
        for (name, field) in fields {
            try call("describe a split") { unsafe H5Tinsert(id, name, offset, field) }
            offset += H5Tget_size(field)
        }
        return type
    }

    /// The bytes of one row, field after field without gaps, as the packed type says.
    private func record(of entry: SplitEntry, _ lengths: TextLengths) throws(H5Error) -> [UInt8] {
        let reference = try entry.indices.map { (path) throws(H5Error) in try self.reference(to: path) }
        return fixedFields([entry.split], length: lengths.split)
            + fixedFields([entry.source], length: lengths.source)
            + nativeBytes(entry.rows.lowerBound) + nativeBytes(entry.rows.upperBound)
            + nativeBytes(Int(reference ?? 0))
            + [entry.available ? 1 : 0]
            + fixedFields([entry.comment], length: lengths.comment)
    }

    private func reference(to path: String) throws(H5Error) -> hobj_ref_t {
        var reference = hobj_ref_t()
        try call("refer to \(path) of \(fileName)") { unsafe H5Rcreate(&reference, id, path, H5R_OBJECT, -1) }
        return reference
    }

    private func nativeBytes(_ value: Int) -> [UInt8] {
        unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
    }
}
