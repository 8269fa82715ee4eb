/// Vectors with a class each, such as codes of images: what a classifier is fitted to.
public struct LabelledVectors: Sendable {
    /// N · D numbers, vector by vector.
    public let values: [Double]
    /// N classes, from 0.
    public let labels: [Int]
    /// D
    public let width: Int
    /// K
    public let classes: Int

    public init(_ values: [Double], labels: [Int], classes: Int) {
        precondition(
            !labels.isEmpty && values.count % labels.count == 0, "\(values.count) numbers for \(labels.count) labels")
        precondition(labels.allSatisfy { (0..<classes).contains($0) }, "labels beyond \(classes) classes")
        self.values = values
        self.labels = labels
        width = values.count / labels.count
        self.classes = classes
    }

    /// The D numbers of one vector.
    public func vector(_ number: Int) -> ArraySlice<Double> { values[number * width..<(number + 1) * width] }
}
