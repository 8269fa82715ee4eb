/// What a file of codes holds: numbers that a model gave of images, and what else is known of each image.
public struct CodeTable: Sendable {
    /// Numbers of each image, such as the posterior's mean.
    public struct Column: Hashable, Sendable {
        public let name: String
        /// How many numbers an image has.
        public let width: Int

        public init(_ name: String, width: Int) {
            self.name = name
            self.width = width
        }
    }

    /// In the order in which their numbers come.
    public let columns: [Column]
    /// The split of each image.
    public let splits: [String]
    /// The row of each image in the file that it comes from.
    public let rows: [Int]
    /// K names of targets; empty where there are none.
    public let targetNames: [String]
    /// N · K numbers, image by image; not-a-number for what is unknown.
    public let targets: [Double]
    /// The texts that the numbers of the only target stand for; empty where they are numbers.
    public let classNames: [String]

    public init(
        columns: [Column], splits: [String], rows: [Int], targetNames: [String] = [], targets: [Double] = [],
        classNames: [String] = []
    ) {
        precondition(splits.count == rows.count, "\(splits.count) splits for \(rows.count) images")
        precondition(
            targets.count == rows.count * targetNames.count,
            "\(targets.count) targets for \(rows.count) images of \(targetNames.count)")
        self.columns = columns
        self.splits = splits
        self.rows = rows
        self.targetNames = targetNames
        self.targets = targets
        self.classNames = classNames
    }

    /// N, the number of images.
    public var count: Int { rows.count }

    /// The targets as whole numbers; nil where one is none.
    var wholeTargets: [Int32]? {
        let whole = targets.compactMap { Int32(exactly: $0) }
        return whole.count == targets.count ? whole : nil
    }

    /// How many images the next numbers are of.
    func images(of values: [[Float]], after done: Int) -> Int {
        let images = columns.first.map { values[0].count / $0.width } ?? 0
        precondition(
            zip(columns, values).allSatisfy { $1.count == images * $0.width } && done + images <= count,
            "expected whole images of \(columns), at most \(count - done), got \(values.map(\.count)) numbers")
        return images
    }
}
