import CHDF5

/// Some rows of a dataset: the dataspaces of the memory and of the file that one transfer needs.
struct RowSelection: ~Copyable {
    let memory: Handle
    let file: Handle

    /// The C function is `H5Sselect_hyperslab`.
    init(_ rows: Range<Int>, of dataset: Dataset) throws(H5Error) {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= dataset.rowCount,
            "expected rows within 0..<\(dataset.rowCount) of \(dataset.place), got \(rows)")
        let operation = "select rows of \(dataset.place)"
        let memory = try dataspace(dataset.shape.isEmpty ? [] : [rows.count] + dataset.shape.dropFirst())
        let file = try Handle(operation) { H5Dget_space(dataset.id) }
        if !dataset.shape.isEmpty {
            let start = [hsize_t(rows.lowerBound)] + dataset.shape.dropFirst().map { _ in 0 }
            let count = [hsize_t(rows.count)] + dataset.shape.dropFirst().map { hsize_t($0) }
            let id = file.id
            try call(operation) { unsafe H5Sselect_hyperslab(id, H5S_SELECT_SET, start, nil, count, nil) }
        }
        self.memory = memory
        self.file = file
    }
}
