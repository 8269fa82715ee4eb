import Foundation

/// Which stored values are black and white. What lies between is spread evenly, and what lies beyond is clipped.
struct PixelScale: Hashable, Sendable, CustomStringConvertible {
    /// The stored value that becomes 0.
    let low: Float
    /// The stored value that becomes 255.
    let high: Float
    /// The scale in words.
    let description: String
    /// What a user should know of the values, in sentences.
    let notes: [String]

    private init(_ low: Float, _ high: Float, _ description: String, notes: [String]) {
        self.low = low
        self.high = high
        self.description = description
        self.notes = notes
    }

    /// Whether stored bytes are pixels as they are.
    var keepsBytes: Bool { low == 0 && high == 255 }

    /// The byte that a stored number becomes: the nearest.
    func byte(_ value: Float) -> UInt8 {
        UInt8(min(max(((value - low) * factor).rounded(), 0), 255))
    }

    private var factor: Float { 255 / (high - low) }
}

/// What is known of one dataset of a set of images.
struct PartValues {
    let name: String
    let isInteger: Bool
    let isBool: Bool
    let statistics: ValueStatistics
}

extension PixelScale {
    /// The ranges that people store images in.
    static let unit: ClosedRange<Float> = 0...1
    static let symmetric: ClosedRange<Float> = -1...1
    static let bytes: ClosedRange<Float> = 0...255
    static let known = [unit, symmetric, bytes]

    /// The share of a range by which values may lie beyond it, as rounding and resizing leave them.
    private static let overshoot: Float = 0.01

    /// Decides what the values of datasets of one type mean, from all of them together.
    ///
    /// - Parameters:
    ///   - range: What a user says; then nothing is decided.
    ///   - place: The file.
    /// - Throws: `DataError` for values outside all known ranges, with the numbers that say what they are, and for datasets of
    ///   which each would mean something else.
    static func scale(of parts: [PartValues], range: ClosedRange<Double>?, place: String) throws -> PixelScale {
        var all = parts[0].statistics
        for part in parts.dropFirst() { all.add(part.statistics) }
        let names = "\(parts.map(\.name).joined(separator: " and ")) of \(place)"
        if let value = all.unusable {
            throw DataError(names, "holds \(value), which is not a brightness: replace such values in the file")
        }
        if let range { return given(range, all) }
        if parts.allSatisfy(\.isBool) { return PixelScale(0, 1, "false and true, times 255", notes: []) }
        let isInteger = parts.allSatisfy(\.isInteger)
        guard let scale = isInteger ? integers(all) : fractions(all) else {
            throw DataError(names, unknown(all, isInteger: isInteger))
        }
        try requireAlike(parts, scale, place)
        return scale
    }

    private static func given(_ range: ClosedRange<Double>, _ all: ValueStatistics) -> PixelScale {
        let (low, high) = (Float(range.lowerBound), Float(range.upperBound))
        let note = clipping(all, low...high)
        return PixelScale(low, high, "\(number(low)) to \(number(high)), as --range says", notes: note)
    }

    private static func integers(_ all: ValueStatistics) -> PixelScale? {
        guard bytes.contains(all.least), bytes.contains(all.greatest) else { return nil }
        // A stray value among zeros and ones is no reason to train on black.
        let strays = all.outside[0]
        guard all.greatest < 16, strays * 1000 <= all.count else {
            return PixelScale(0, 255, "0 to 255", notes: darkness(all, of: 255))
        }
        return PixelScale(0, 1, "0 or 1, times 255", notes: clipping(all, unit))
    }

    private static func fractions(_ all: ValueStatistics) -> PixelScale? {
        if fits(all, unit) {
            return PixelScale(
                0, 1, all.hasFractions ? "0 to 1, times 255" : "0 or 1, times 255",
                notes: clipping(all, unit) + darkness(all, of: 1))
        }
        if fits(all, symmetric), all.least <= -0.9, all.greatest >= 0.8 {
            return PixelScale(-1, 1, "-1 to 1, plus 1, times 127.5", notes: clipping(all, symmetric))
        }
        // 0 to 2.55 may be a hundredth of something: whole numbers and bright ones are bytes.
        if fits(all, bytes), !all.hasFractions || all.greatest >= 200 {
            return PixelScale(0, 255, "0 to 255", notes: clipping(all, bytes) + darkness(all, of: 255))
        }
        return nil
    }

    private static func fits(_ all: ValueStatistics, _ range: ClosedRange<Float>) -> Bool {
        let more = overshoot * (range.upperBound - range.lowerBound)
        return all.least >= range.lowerBound - more && all.greatest <= range.upperBound + more
    }

    private static func clipping(_ all: ValueStatistics, _ range: ClosedRange<Float>) -> [String] {
        let index = all.ranges.firstIndex(of: range)
        guard let beyond = index.map({ all.outside[$0] }), beyond > 0 else { return [] }
        let (values, are) = beyond == 1 ? ("1 value", "is") : ("\(beyond) values", "are")
        return [
            "\(values) of \(all.count) beyond \(number(range.lowerBound)) to \(number(range.upperBound)) "
                + "(the least \(number(all.least)), the greatest \(number(all.greatest))) \(are) clipped"
        ]
    }

    private static func darkness(_ all: ValueStatistics, of white: Float) -> [String] {
        guard all.greatest > 0, all.greatest < white / 8 else { return [] }
        let greatest = number(all.greatest)
        return [
            "the brightest value is \(greatest) of \(number(white)), so the images are dark; if it is white, say --range 0 \(greatest)"
        ]
    }

    /// What nobody can mean without saying so, with what undoes it.
    private static func unknown(_ all: ValueStatistics, isInteger: Bool) -> String {
        let (least, greatest) = (number(all.least), number(all.greatest))
        let (first, last) = (number(all.quantile(0.01)), number(all.quantile(0.99)))
        let (mean, deviation) = (number(Float(all.mean)), number(Float(all.deviation)))
        let known = isInteger ? "0 or 1, and 0 to 255" : "0 to 1, -1 to 1 and 0 to 255"
        let cure =
            all.least < 0
            ? "if a mean was taken away or a deviation divided by, undo that; if \(least) is black and \(greatest) white, say --range \(least) \(greatest)"
            : "if they were divided, multiply them again; if 0 is black and \(greatest) white, say --range 0 \(greatest)"
        return
            "holds values from \(least) to \(greatest) (98 of 100 from \(first) to \(last), mean \(mean), deviation \(deviation)); "
            + "known are \(known): \(cure)"
    }

    /// Refuses datasets of one set of images that were scaled differently: together they would train, and all but one wrongly.
    private static func requireAlike(_ parts: [PartValues], _ scale: PixelScale, _ place: String) throws {
        for part in parts where parts.count > 1 && part.statistics.count >= 256 {
            let own = part.statistics
            let isNarrow =
                switch (scale.low, scale.high) {
                case (-1, _): own.least >= -overshoot
                case (_, 255): own.greatest > 0 && own.greatest <= 1 + overshoot
                default: false
                }
            guard isNarrow,
                let other = parts.first(where: {
                    $0.name != part.name && $0.statistics.greatest > own.greatest || $0.statistics.least < own.least
                })
            else { continue }
            throw DataError(
                place,
                "holds values from \(number(own.least)) to \(number(own.greatest)) in \(part.name) but from "
                    + "\(number(other.statistics.least)) to \(number(other.statistics.greatest)) in \(other.name), so they were scaled differently: "
                    + "scale them alike, or say --range if they are")
        }
    }

    /// A number without digits that say nothing.
    static func number(_ value: Float) -> String {
        guard value.isFinite else { return "\(value)" }
        if value == value.rounded(), abs(value) < 1e9 { return "\(Int(value))" }
        let digits = max(0, 5 - Int(log10(abs(value)).rounded(.up)))
        let power = pow(10, Double(min(digits, 12)))
        return "\((Double(value) * power).rounded() / power)"
    }
}
