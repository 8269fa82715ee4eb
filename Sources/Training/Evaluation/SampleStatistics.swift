/// The mean of some numbers, and how far it may lie from that of all that there could be.
public struct SampleStatistics: Hashable, Sendable {
    public let mean: Double
    /// s / √n, with s² = Σ (x − mean)² / (n − 1); nil of one number.
    public let standardError: Double?

    /// - Parameter values: At least one.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "the mean of no numbers")
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardError = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
    }
}
