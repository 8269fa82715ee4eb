import CHDF5

extension Dataset {
    /// Writes some rows, row-major. The C function is `H5Dwrite`.
    public func write<E: Element>(_ values: [E], rows: Range<Int>) throws(H5Error) {
        precondition(
            values.count == rows.count * rowElementCount,
            "expected \(rows.count * rowElementCount) elements for \(rows.count) rows of \(place), got \(values.count)")
        guard !values.isEmpty else { return }
        let selection = try RowSelection(rows, of: self)
        let (memory, file) = (selection.memory.id, selection.file.id)
        try call("write the dataset \(place)") {
            unsafe values.withUnsafeBytes {
                unsafe H5Dwrite(id, E.memoryType, memory, file, hid_t(H5P_DEFAULT), $0.baseAddress)
            }
        }
    }
}

extension Group {
    /// Creates a dataset whose rows are then written one after the other.
    public func createDataset<E: Element>(
        _ name: String, of type: E.Type, shape: [Int], layout: Layout = .contiguous
    ) throws(H5Error) -> Dataset {
        try Dataset(creating: name, in: id, type: E.memoryType, shape: shape, layout: layout)
    }

    /// Creates a dataset and writes all its elements, row-major. An empty shape holds one number.
    @discardableResult
    public func write<E: Element>(
        _ name: String, _ values: [E], shape: [Int], layout: Layout = .contiguous
    ) throws(H5Error) -> Dataset {
        let dataset = try createDataset(name, of: E.self, shape: shape, layout: layout)
        try dataset.write(values, rows: 0..<dataset.rowCount)
        return dataset
    }

    /// Creates a dataset of h5py's bools and writes all its elements, row-major.
    @discardableResult
    public func write(_ name: String, _ values: [Bool], shape: [Int]) throws(H5Error) -> Dataset {
        let type = try boolType()
        let dataset = try Dataset(creating: name, in: id, type: type.id, shape: shape, layout: .contiguous)
        precondition(
            values.count == dataset.count,
            "expected \(dataset.count) elements for \(dataset.place), got \(values.count)")
        let (datasetID, typeID) = (dataset.id, type.id)
        try call("write the dataset \(dataset.place)") {
            unsafe values.map { $0 ? 1 : 0 as Int8 }.withUnsafeBytes {
                unsafe H5Dwrite(
                    datasetID, typeID, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), $0.baseAddress)
            }
        }
        return dataset
    }

    /// Creates a dataset that holds one text.
    @discardableResult
    public func write(_ name: String, _ text: String) throws(H5Error) -> Dataset {
        try write(name, [text], shape: [])
    }

    /// Creates a dataset of texts, each as many bytes of UTF-8 as the longest, filled up with zeros.
    ///
    /// Texts with lengths of their own would lie in a heap, where a flipped bit crashes the library (1.10.8).
    @discardableResult
    public func write(_ name: String, _ texts: [String], shape: [Int]) throws(H5Error) -> Dataset {
        let length = max(1, texts.map(\.utf8.count).max() ?? 0)
        let type = try stringType(length: length)
        let dataset = try Dataset(creating: name, in: id, type: type.id, shape: shape, layout: .contiguous)
        precondition(
            texts.count == dataset.count, "expected \(dataset.count) texts for \(dataset.place), got \(texts.count)")
        let (datasetID, typeID) = (dataset.id, type.id)
        try call("write the dataset \(dataset.place)") {
            unsafe H5Dwrite(
                datasetID, typeID, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT),
                fixedFields(texts, length: length))
        }
        return dataset
    }
}

/// Makes h5py's bool: an enumeration over one byte. The C functions are `H5Tenum_create` and `H5Tenum_insert`.
func boolType() throws(H5Error) -> Handle {
    let operation = "describe a bool"
    let type = try Handle(operation) { H5Tenum_create(chdf5_native_int8()) }
    let id = type.id
    for (name, value) in [("FALSE", Int8(0)), ("TRUE", Int8(1))] {
        var value = value
        try call(operation) { unsafe H5Tenum_insert(id, name, &value) }
    }
    return type
}
