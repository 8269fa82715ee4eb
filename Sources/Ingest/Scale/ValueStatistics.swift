/// What the stored values of images are like: all of them, or of bytes as many as leave no doubt.
struct ValueStatistics: Sendable {
    /// Ranges that values are counted outside of.
    private let ranges: [ClosedRange<Float>]
    /// How many values lie outside of each range.
    private var outside: [Int]
    private(set) var count = 0
    private(set) var least = Float.infinity
    private(set) var greatest = -Float.infinity
    private(set) var hasFractions = false
    private var sum = 0.0
    private var sumOfSquares = 0.0
    /// How many values lie in each of 65,536 bins: those whose upper halves are equal, in ascending order.
    private var bins = [Int](repeating: 0, count: 1 << 16)
    /// The first value that is no number, or endless.
    private(set) var unusable: Float?

    init(ranges: [ClosedRange<Float>]) {
        self.ranges = ranges
        outside = ranges.map { _ in 0 }
    }

    mutating func add(_ values: [Float]) {
        var (low, high, total, squares, fractions) = (least, greatest, 0.0, 0.0, hasFractions)
        for value in values {
            guard value.isFinite else {
                unusable = unusable ?? value
                continue
            }
            low = min(low, value)
            high = max(high, value)
            total += Double(value)
            squares += Double(value) * Double(value)
            fractions = fractions || value != value.rounded(.towardZero)
            bins[Self.bin(value)] += 1
        }
        (least, greatest, hasFractions) = (low, high, fractions)
        sum += total
        sumOfSquares += squares
        count += values.count
        for (index, range) in ranges.enumerated() where low < range.lowerBound || high > range.upperBound {
            outside[index] += values.count { !range.contains($0) }
        }
    }

    mutating func add(bytes: [UInt8]) {
        var histogram = [Int](repeating: 0, count: 256)
        for byte in bytes { histogram[Int(byte)] += 1 }
        for (byte, number) in histogram.enumerated() where number > 0 {
            let value = Float(byte)
            least = min(least, value)
            greatest = max(greatest, value)
            sum += Double(number) * Double(byte)
            sumOfSquares += Double(number) * Double(byte * byte)
            bins[Self.bin(value)] += number
            for (index, range) in ranges.enumerated() where !range.contains(value) { outside[index] += number }
        }
        count += bytes.count
    }

    mutating func add(_ other: ValueStatistics) {
        count += other.count
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
        sum += other.sum
        sumOfSquares += other.sumOfSquares
        unusable = unusable ?? other.unusable
        hasFractions = hasFractions || other.hasFractions
        for index in outside.indices { outside[index] += other.outside[index] }
        for index in bins.indices { bins[index] += other.bins[index] }
    }

    /// How many values lie outside of a range, which is one of those that were asked for.
    func beyond(_ range: ClosedRange<Float>) -> Int {
        guard let index = ranges.firstIndex(of: range) else {
            preconditionFailure("expected one of the ranges \(ranges), got \(range)")
        }
        return outside[index]
    }

    /// Whether bytes are so many, and so many of them too great for zeros and ones with strays, that the rest changes nothing.
    var areBytesBeyondDoubt: Bool { count >= 1 << 20 && greatest >= 128 && beyond(PixelScale.unit) * 100 >= count }

    var mean: Double { sum / Double(max(1, count)) }

    var deviation: Double { max(0, sumOfSquares / Double(max(1, count)) - mean * mean).squareRoot() }

    /// The value below which a share of all values lies, to one part in 128.
    func quantile(_ share: Double) -> Float {
        let wanted = Int(share * Double(count - 1))
        var seen = 0
        for (index, number) in bins.enumerated() where number > 0 {
            seen += number
            if seen > wanted { return min(max(Self.value(index), least), greatest) }
        }
        return greatest
    }

    /// The bits of floats, turned so that they ascend with the values.
    private static func bin(_ value: Float) -> Int {
        let bits = (value == 0 ? 0 : value).bitPattern
        return Int((bits >> 31 == 0 ? bits | 1 << 31 : ~bits) >> 16)
    }

    private static func value(_ bin: Int) -> Float {
        let bits = UInt32(bin) << 16
        return Float(bitPattern: bits >> 31 == 1 ? bits & ~(1 << 31) : ~bits & 0xffff_0000)
    }
}
