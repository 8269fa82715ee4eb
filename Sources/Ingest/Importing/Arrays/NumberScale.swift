import Storage

/// How numbers stand for brightness, decided from all numbers of all arrays of a set, and never from a sample of them.
enum NumberScale: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 255.
    case bytes
    /// 0 or 1.
    case bits
    /// 0 to 65535, of which the upper eight bits are kept.
    case sixteenBits
    /// 0 to 1.
    case unit
    /// 0 to 255/256, as `mnist.pkl.gz` has them.
    case unitOf256
    /// -1 to 1.
    case symmetric

    var description: String {
        switch self {
        case .bytes: "0 to 255"
        case .bits: "0 or 1, times 255"
        case .sixteenBits: "0 to 65535, divided by 256"
        case .unit: "0 to 1, times 255"
        case .unitOf256: "0 to 255/256, times 256"
        case .symmetric: "-1 to 1, plus 1, times 127.5"
        }
    }

    /// Looks at all numbers of arrays that belong together.
    ///
    /// - Returns: The scale, and how many numbers lie a little beyond it and are clipped.
    /// - Throws: `DataError` for numbers that are in no range that is known, and for arrays that mean brightness differently.
    static func decide(_ arrays: [NumberArray], _ progress: ImportProgress) throws -> (NumberScale, clipped: Int) {
        var ranges: [NumberRange] = []
        let all = arrays.reduce(0) { $0 + $1.count }
        var done = 0
        for array in arrays {
            var range = NumberRange()
            try array.forEachPiece { bytes in
                try range.add(bytes, array)
                done += bytes.count / max(1, array.rowCount * array.format.bytes)
                progress(.lookedAt(done, of: all))
                // Bytes that use the range of bytes need no further look.
                return !(array.format == .byte && range.greatest >= brightest)
            }
            ranges.append(range)
        }
        let together = ranges.dropFirst().reduce(ranges[0]) { $0.merged(with: $1) }
        let isInteger = arrays.allSatisfy(\.format.isInteger)
        guard let scale = isInteger ? integers(together, arrays) : floats(together) else {
            throw DataError(arrays.map(\.place).joined(separator: " and "), refusal(together))
        }
        try requireAlike(arrays, ranges, scale)
        return (scale, isInteger ? 0 : together.beyond(scale.range))
    }

    /// An array that alone would mean another scale would come out black, or white, beside the others.
    private static func requireAlike(
        _ arrays: [NumberArray], _ ranges: [NumberRange], _ scale: NumberScale
    ) throws {
        for (array, range) in zip(arrays, ranges) {
            let alone = array.format.isInteger ? integers(range, [array]) : floats(range)
            guard let alone, alone != scale, alone.range.upperBound != scale.range.upperBound || alone == .unit else {
                continue
            }
            if [alone, scale].allSatisfy({ [.unit, .unitOf256].contains($0) }) { continue }
            throw DataError(
                array.place,
                "holds \(text(range.least)) to \(text(range.greatest)), and the set's other arrays hold numbers from "
                    + "\(text(scale.range.lowerBound)) to \(text(scale.range.upperBound)): save all of them in one scale"
            )
        }
    }

    /// What numbers of bytes reach at least: a set that is darker was scaled by somebody.
    private static let brightest = 32.0
    /// How far beyond 0 and 1 numbers may lie: resampling and half precision overshoot.
    private static let overshoot = 0.01

    private static func integers(_ range: NumberRange, _ arrays: [NumberArray]) -> NumberScale? {
        guard range.least >= 0 else { return nil }
        switch range.greatest {
        case ...1: return .bits
        case brightest...255: return .bytes
        case 4096...65535 where arrays.allSatisfy({ $0.format.bytes == 2 }): return .sixteenBits
        default: return nil
        }
    }

    private static func floats(_ range: NumberRange) -> NumberScale? {
        switch (range.least, range.greatest) {
        case ((-overshoot)..., 0.99609375) where range.least >= 0: .unitOf256
        case ((-overshoot)..., 0.5...1 + overshoot): .unit
        case ((-1 - overshoot)...(-0.9), 0.9...1 + overshoot): .symmetric
        case ((-255 * overshoot)..., 200...255 * (1 + overshoot)): .bytes
        default: nil
        }
    }

    private var range: ClosedRange<Double> {
        switch self {
        case .bytes: 0...255
        case .bits, .unit: 0...1
        case .unitOf256: 0...0.99609375
        case .sixteenBits: 0...65535
        case .symmetric: -1...1
        }
    }

    private static func refusal(_ range: NumberRange) -> String {
        let (least, greatest) = (text(range.least), text(range.greatest))
        guard range.greatest > range.least else { return "holds only the number \(least): there is nothing to see" }
        let factor = 255 / (range.greatest - range.least)
        return
            "holds numbers from \(least) to \(greatest); known are 0 to 1, -1 to 1 and 0 to 255. If they are brightness, "
            + "save (x - \(least)) * \(text(factor)) as uint8"
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(Float(number))"
    }

    /// The bytes that numbers become: the nearest.
    func bytes(_ stored: [UInt8], _ format: NumberFormat) -> [UInt8] {
        switch (self, format) {
        case (.bytes, .byte): return stored
        case (.bits, _) where format.bytes == 1: return stored.map { $0 == 0 ? 0 : 255 }
        case (.sixteenBits, _): return format.numbers(in: stored).map { UInt8(Int($0) >> 8) }
        default: break
        }
        let (factor, offset): (Double, Double) =
            switch self {
            case .bits, .unit: (255, 0)
            case .unitOf256: (256, 0)
            case .symmetric: (127.5, 127.5)
            default: (1, 0)
            }
        return format.numbers(in: stored).map { UInt8(min(max(($0 * factor + offset).rounded(), 0), 255)) }
    }
}

/// The range of numbers that were seen, and how many lie a little beyond 0 to 1, -1 to 1 and 0 to 255.
private struct NumberRange {
    private(set) var least = Double.infinity
    private(set) var greatest = -Double.infinity
    private var outside = [0, 0, 0]

    private static let ranges: [ClosedRange<Double>] = [0...1, -1...1, 0...255]

    mutating func add(_ bytes: [UInt8], _ array: NumberArray) throws {
        if array.format == .byte {
            var (low, high) = (UInt8.max, UInt8.min)
            for byte in bytes { (low, high) = (min(low, byte), max(high, byte)) }
            (least, greatest) = (min(least, Double(low)), max(greatest, Double(high)))
            return
        }
        for number in array.format.numbers(in: bytes) {
            guard number.isFinite else { throw DataError(array.place, "holds \(number), which is not a brightness") }
            least = min(least, number)
            greatest = max(greatest, number)
            for index in 0..<3 where !Self.ranges[index].contains(number) { outside[index] += 1 }
        }
    }

    func merged(with other: NumberRange) -> NumberRange {
        var result = self
        result.least = min(least, other.least)
        result.greatest = max(greatest, other.greatest)
        for index in outside.indices { result.outside[index] += other.outside[index] }
        return result
    }

    func beyond(_ range: ClosedRange<Double>) -> Int {
        Self.ranges.firstIndex(of: range).map { outside[$0] } ?? 0
    }
}
