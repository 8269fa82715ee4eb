import Foundation

/// One axis of a plot: a range of values, where they fall in [0, 1], and its ticks.
public struct Axis {
    public let low: Double
    public let high: Double
    public let isLogarithmic: Bool
    /// Whether every value is a whole number, such as a step or an epoch: ticks are then whole too.
    private let isWhole: Bool

    /// Spans the finite values (the positive ones, where logarithmic) with a margin of `padding` of their range.
    public init(values: [Double], isLogarithmic: Bool = false, padding: Double = 0) {
        let usable = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
            .map { isLogarithmic ? log10($0) : $0 }
        var (low, high) = (usable.min() ?? 0, usable.max() ?? 1)
        // More than half a unit where numbers are so large that half a unit is nothing.
        let half = max(0.5, abs(high) * 1e-9)
        if high - low <= abs(high) * 1e-9 { (low, high) = (low - half, high + half) }
        let margin = (high - low) * padding
        self.low = low - margin
        self.high = high + margin
        self.isLogarithmic = isLogarithmic
        isWhole = usable.allSatisfy { $0 == $0.rounded() }
    }

    /// Where a value falls, 0 at the low end and 1 at the high one; not-a-number where it cannot be shown.
    public func position(_ value: Double) -> Double {
        ((isLogarithmic ? log10(value) : value) - low) / (high - low)
    }

    /// Round values, about `count` of them: multiples of 1, 2 or 5 times a power of ten, and on a logarithmic axis
    /// of more than a decade those numbers themselves.
    public func ticks(about count: Int) -> [Double] {
        guard isLogarithmic else { return linearTicks(low, high, about: count) }
        if high - low < 1 { return linearTicks(pow(10, low), pow(10, high), about: count) }
        let decades = (Int(low.rounded(.down))...Int(high.rounded(.down)))
        let digits = high - low < 3 ? [1.0, 2, 5] : [1.0]
        return decades.flatMap { decade in digits.map { $0 * pow(10, Double(decade)) } }
            .filter { (0...1).contains(position($0)) }
    }

    /// The step between round values: the smallest of 1, 2, 5 times a power of ten that gives at most `count` steps.
    private func linearTicks(_ low: Double, _ high: Double, about count: Int) -> [Double] {
        let raw = isWhole ? max(1, (high - low) / Double(count)) : (high - low) / Double(count)
        let power = pow(10, log10(raw).rounded(.down))
        let step = power * ([1.0, 2, 5].first { $0 * power >= raw } ?? 10)
        let first = Int((low / step).rounded(.up))
        let last = Int((high / step).rounded(.down))
        return first <= last ? (first...last).map { Double($0) * step } : []
    }

    /// Writes tick values with as many decimals as the finest of them needs; on a logarithmic axis, each by itself.
    public func labels(_ ticks: [Double]) -> [String] {
        let gaps = zip(ticks, ticks.dropFirst()).map { $1 - $0 }
        let finest = gaps.min() ?? abs(ticks.first ?? 1)
        let decimals = finest > 0 ? max(0, Int((-log10(finest) - 1e-9).rounded(.up))) : 0
        let format = isLogarithmic || decimals > 6 ? "%g" : "%.\(decimals)f"
        return ticks.map { String(format: format, $0) }
    }
}
