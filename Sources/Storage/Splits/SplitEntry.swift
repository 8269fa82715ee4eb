/// One row of Fuel's `split` attribute: which rows of one dataset belong to one split.
///
/// Fuel (mila-iqia/fuel, `H5PYDataset`) keeps a table of these in the attribute `split` of the root group, one for each split and
/// dataset.
public struct SplitEntry: Hashable, Sendable {
    /// The name of the split, such as `train`.
    public var split: String

    /// The name of the dataset, such as `features`.
    public var source: String

    /// The first row, and the one after the last.
    public var rows: Range<Int>

    /// The path of a dataset of row numbers, where the split is a subset of `rows`.
    public var indices: String?

    /// Whether the split has this dataset at all.
    public var available: Bool

    /// A remark; Fuel writes a full stop.
    public var comment: String

    public init(
        split: String, source: String, rows: Range<Int>, indices: String? = nil, available: Bool = true,
        comment: String = "."
    ) {
        self.split = split
        self.source = source
        self.rows = rows
        self.indices = indices
        self.available = available
        self.comment = comment
    }

    static let attribute = "split"

    /// The rows that a table may have: far more than splits times datasets of any file that people make.
    static let limit = 1_024
}
