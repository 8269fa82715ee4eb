import CHDF5

extension Dataset {
    /// Reads everything. The C function is `H5Dread`.
    ///
    /// - Throws: `H5Error`, also where the file holds another type than `E`; `read(converting:)` is more lenient.
    public func read<E: Element>(as type: E.Type) throws(H5Error) -> [E] {
        try read(rows: 0..<rowCount, as: type)
    }

    /// Reads some rows, row-major.
    public func read<E: Element>(rows: Range<Int>, as type: E.Type) throws(H5Error) -> [E] {
        guard elementType == E.elementType else {
            throw H5Error("read the dataset \(place)", because: "expected \(E.elementType), got \(elementType)")
        }
        return try readRows(rows)
    }

    /// Reads everything, converting whatever number or bool is stored.
    public func read<E: Element>(converting type: E.Type) throws(H5Error) -> [E] {
        try read(rows: 0..<rowCount, converting: type)
    }

    /// Reads some rows, converting whatever number or bool is stored; false is 0 and true is 1.
    public func read<E: Element>(rows: Range<Int>, converting type: E.Type) throws(H5Error) -> [E] {
        guard elementType.isNumber || elementType == .bool else {
            throw H5Error("read the dataset \(place)", because: "expected numbers, got \(elementType)")
        }
        return try readRows(rows)
    }

    /// Reads all texts of a dataset of texts.
    public func readStrings() throws(H5Error) -> [String] {
        let type = try storedType()
        let id = id
        return try unsafe Storage.readStrings("read the dataset \(place)", type: type, count: count) {
            unsafe H5Dread(id, $0, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), $1)
        }
    }

    /// Reads all texts, of a fixed length or of lengths of their own, under the condition of `Object.texts`.
    public func texts() throws(H5Error) -> [String] {
        guard elementType == .string(length: nil) else { return try readStrings() }
        let type = try storedType()
        let (id, typeID) = (id, type.id)
        return try unsafe readVariableStrings("read the dataset \(place)", type: typeID, count: count) {
            unsafe H5Dread(id, typeID, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), $0)
        }
    }

    private func readRows<E: Element>(_ rows: Range<Int>) throws(H5Error) -> [E] {
        let selection = try RowSelection(rows, of: self)
        let (memory, file) = (selection.memory.id, selection.file.id)
        return try unsafe readNumbers("read the dataset \(place)", count: rows.count * rowElementCount) {
            unsafe H5Dread(id, E.memoryType, memory, file, hid_t(H5P_DEFAULT), $0)
        }
    }
}
