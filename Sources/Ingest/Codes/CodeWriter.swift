import Files

/// A file of codes in the making, which takes some images at a time.
public protocol CodeWriter {
    /// Appends the next images' numbers, image by image for each column of the table.
    func append(_ values: [[Float]]) throws

    /// Completes the file, forces it to the disk and gives it its name.
    func finish() throws
}

/// How codes are stored.
public enum CodeFormat: CaseIterable, Sendable {
    /// A dataset for each column.
    case hdf5
    /// An array of NumPy for each column, in a zip archive.
    case npz
    /// A line for each image, with a number behind each comma.
    case csv

    /// How names of such files end.
    public var endings: [String] {
        switch self {
        case .hdf5: [".h5", ".hdf5"]
        case .npz: [".npz"]
        case .csv: [".csv"]
        }
    }

    /// The format of a file; nil for another ending.
    public init?(path: String) {
        let path = path.lowercased()
        guard let format = Self.allCases.first(where: { $0.endings.contains { path.hasSuffix($0) } }) else {
            return nil
        }
        self = format
    }

    /// Begins a file.
    ///
    /// - Parameter scratch: The folder for numbers that are not written yet.
    public func writer(_ output: UnfinishedFile, _ table: CodeTable, scratch: String) throws -> any CodeWriter {
        switch self {
        case .hdf5: try HDF5CodeWriter(output, table)
        case .npz: try NPZCodeWriter(output, table, scratch: scratch)
        case .csv: try CSVCodeWriter(output, table)
        }
    }
}
