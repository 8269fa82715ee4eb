/// How fast some threads worked side by side, window by window.
public struct Throughput: Hashable, Sendable, Codable {
    /// Units of work a second: a row per window, an element per thread.
    public let rates: [[Double]]

    public init(rates: [[Double]]) { self.rates = rates }

    /// Of all threads together, window by window.
    public var totals: [Double] { rates.map { $0.reduce(0, +) } }

    /// The median over the windows of what all threads did together.
    public var median: Double { Self.median(totals) }

    public var minimum: Double { totals.min() ?? 0 }
    public var maximum: Double { totals.max() ?? 0 }

    /// The median over the windows of each thread.
    public var perThread: [Double] {
        (rates.first ?? []).indices.map { thread in Self.median(rates.map { $0[thread] }) }
    }

    /// The middle value, or the mean of the two in the middle; 0 of nothing.
    public static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + (middle > 0 ? sorted[middle] : last)) / 2
    }
}
