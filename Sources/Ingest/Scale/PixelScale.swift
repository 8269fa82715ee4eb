import Foundation
import Storage

/// Which stored values are black and white, for files that are trained on and for sources that are imported alike. What lies between is
/// spread evenly, and what lies beyond is clipped.
///
/// docs/data-files.md, "Values", is the rule in words.
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

extension PixelScale {
    /// Makes bytes of stored numbers.
    func conversion(from format: NumberFormat) -> @Sendable ([UInt8]) -> [UInt8] {
        guard format.isByte else { return { format.values(in: $0).map(byte) } }
        if keepsBytes { return { $0 } }
        let table = (0...255).map { byte(Float($0)) }
        return { $0.map { table[Int($0)] } }
    }
}

/// What is known of one array of a set of images.
struct PartValues {
    let name: String
    let format: NumberFormat
    let isBool: Bool
    let statistics: ValueStatistics

    /// Whether both hold numbers of one type, in whatever order their bytes are.
    fileprivate func isLike(_ other: PartValues) -> Bool {
        format.kind == other.format.kind && format.bytes == other.format.bytes && isBool == other.isBool
    }
}

extension PixelScale {
    /// The ranges that people store images in.
    static let unit: ClosedRange<Float> = 0...1
    static let symmetric: ClosedRange<Float> = -1...1
    static let bytes: ClosedRange<Float> = 0...255
    static let known = [unit, symmetric, bytes]

    /// What the values have to be counted outside of, before a scale can be decided.
    ///
    /// - Parameter range: What a user says.
    static func ranges(_ range: ClosedRange<Double>?) -> [ClosedRange<Float>] {
        known + (range.map { [floats($0), widened(floats($0))] } ?? [])
    }

    /// The share of a range by which values may lie beyond it, as rounding and resizing leave them.
    private static let overshoot: Float = 0.01
    /// The brightest value of images that are no darker than pictures are, as a share of white.
    private static let dark: Float = 0.125

    /// Decides what the values of some arrays mean: those of one type together, those of several types each for itself.
    ///
    /// - Parameters:
    ///   - range: What a user says; then nothing is decided.
    ///   - place: The file.
    /// - Returns: The scale of each array.
    /// - Throws: `DataError` for values outside all known ranges, with the numbers that say what they are, for a user's range that
    ///   they do not lie in, and for arrays of which each would mean something else.
    static func scales(of parts: [PartValues], range: ClosedRange<Double>?, place: String) throws -> [PixelScale] {
        try parts.map { part in try scale(of: parts.filter(part.isLike), range, place) }
    }

    private static func scale(
        of parts: [PartValues], _ range: ClosedRange<Double>?, _ place: String
    ) throws -> PixelScale {
        var all = parts[0].statistics
        for part in parts.dropFirst() { all.add(part.statistics) }
        let names = "\(parts.map(\.name).joined(separator: " and ")) of \(place)"
        if let value = all.unusable {
            throw DataError(names, "holds \(value), which is not a brightness: replace such values in the file")
        }
        if let range { return try given(floats(range), all, names) }
        if parts[0].isBool { return PixelScale(0, 1, "false and true, times 255", notes: []) }
        let format = parts[0].format
        guard let scale = format.isInteger ? integers(all, format) : fractions(all) else {
            throw DataError(names, unknown(all, isInteger: format.isInteger))
        }
        try requireAlike(parts, scale, place)
        return scale
    }

    private static func floats(_ range: ClosedRange<Double>) -> ClosedRange<Float> {
        Float(range.lowerBound)...Float(range.upperBound)
    }

    private static func widened(_ range: ClosedRange<Float>) -> ClosedRange<Float> {
        let more = overshoot * (range.upperBound - range.lowerBound)
        return range.lowerBound - more...range.upperBound + more
    }

    /// A user's range, unless it cuts off more than outliers.
    private static func given(
        _ range: ClosedRange<Float>, _ all: ValueStatistics, _ names: String
    ) throws -> PixelScale {
        let beyond = all.beyond(widened(range))
        let (low, high) = (number(range.lowerBound), number(range.upperBound))
        guard beyond * 100 <= all.count else {
            let share = max(2, (100 * beyond + all.count / 2) / all.count)
            let (least, greatest) = (number(all.least), number(all.greatest))
            throw DataError(
                names,
                "holds values from \(least) to \(greatest), and \(share) of 100 lie beyond --range \(low) \(high), all of which would "
                    + "become black or white: say what is black and white among them, such as --range \(least) \(greatest), or leave --range out"
            )
        }
        return PixelScale(
            range.lowerBound, range.upperBound, "\(low) to \(high), as --range says", notes: clipping(all, range))
    }

    private static func integers(_ all: ValueStatistics, _ format: NumberFormat) -> PixelScale? {
        // Cameras fill 12 or 14 of 16 bits, so only what needs all 16 is known to be that.
        if format.kind == .unsigned, format.bytes == 2, all.greatest > Float(Int16.max) {
            return PixelScale(0, 65535, "0 to 65535, divided by 257", notes: [])
        }
        guard bytes.contains(all.least), bytes.contains(all.greatest) else { return nil }
        // A stray value among zeros and ones is no reason to train on black.
        if all.greatest < 16, all.beyond(unit) * 1000 <= all.count {
            return PixelScale(0, 1, "0 or 1, times 255", notes: clipping(all, unit) + blackness(all))
        }
        // Bytes are bytes, however dark. Wider numbers that use an eighth of a byte were scaled by somebody.
        guard format.isByte || !isDark(all, white: 255) else { return nil }
        return PixelScale(0, 255, "0 to 255", notes: darkness(all, of: 255))
    }

    private static func fractions(_ all: ValueStatistics) -> PixelScale? {
        if all.least >= 0, all.greatest == 255 / 256 {
            return PixelScale(0, 255 / 256, "0 to 255/256, times 256", notes: [])
        }
        if fits(all, unit), !isDark(all, white: 1) {
            let words = all.hasFractions ? "0 to 1, times 255" : "0 or 1, times 255"
            return PixelScale(0, 1, words, notes: clipping(all, unit))
        }
        if fits(all, symmetric), all.least <= -0.9, all.greatest >= 0.8 {
            return PixelScale(-1, 1, "-1 to 1, plus 1, times 127.5", notes: clipping(all, symmetric))
        }
        // 0 to 2.55 may be a hundredth of something: whole numbers and bright ones are bytes.
        if fits(all, bytes), !all.hasFractions || all.greatest >= 200, !isDark(all, white: 255) {
            return PixelScale(0, 255, "0 to 255", notes: clipping(all, bytes))
        }
        return nil
    }

    private static func isDark(_ all: ValueStatistics, white: Float) -> Bool { all.greatest < white * dark }

    private static func fits(_ all: ValueStatistics, _ range: ClosedRange<Float>) -> Bool {
        let wide = widened(range)
        return wide.contains(all.least) && wide.contains(all.greatest)
    }

    private static func clipping(_ all: ValueStatistics, _ range: ClosedRange<Float>) -> [String] {
        let beyond = all.beyond(range)
        guard beyond > 0 else { return [] }
        let (values, are) = beyond == 1 ? ("1 value", "is") : ("\(beyond) values", "are")
        return [
            "\(values) of \(all.count) beyond \(number(range.lowerBound)) to \(number(range.upperBound)) "
                + "(the least \(number(all.least)), the greatest \(number(all.greatest))) \(are) clipped"
        ]
    }

    private static func darkness(_ all: ValueStatistics, of white: Float) -> [String] {
        guard isDark(all, white: white) else { return [] }
        let greatest = number(all.greatest)
        return [
            "the brightest value is \(greatest) of \(number(white)), so the images are dark; if it is white, say --range 0 \(greatest)"
        ]
    }

    private static func blackness(_ all: ValueStatistics) -> [String] {
        all.greatest == 0 ? ["every value is 0, so the images are black"] : []
    }

    /// What nobody can mean without saying so, with what undoes it.
    private static func unknown(_ all: ValueStatistics, isInteger: Bool) -> String {
        let (least, greatest) = (number(all.least), number(all.greatest))
        guard all.least < all.greatest else { return "holds only the number \(least): there is nothing to see" }
        let (first, last) = (number(all.quantile(0.01)), number(all.quantile(0.99)))
        let (mean, deviation) = (number(Float(all.mean)), number(Float(all.deviation)))
        let known = isInteger ? "0 or 1, 0 to 255, and all 16 bits" : "0 to 1, -1 to 1 and 0 to 255"
        let cure =
            all.least < 0
            ? "if a mean was taken away or a deviation divided by, undo that; if \(least) is black and \(greatest) white, say --range \(least) \(greatest)"
            : "if they were divided, multiply them again; if 0 is black and \(greatest) white, say --range 0 \(greatest)"
        return
            "holds values from \(least) to \(greatest) (98 of 100 from \(first) to \(last), mean \(mean), deviation \(deviation)); "
            + "known are \(known): \(cure)"
    }

    /// Refuses arrays of one set of images that were scaled differently: together they would train, and all but one wrongly.
    private static func requireAlike(_ parts: [PartValues], _ scale: PixelScale, _ place: String) throws {
        for part in parts where parts.count > 1 {
            let own = part.statistics
            // A few zeros and ones may be dark pixels of anything; fractions may not.
            guard own.count >= 256 || own.hasFractions else { continue }
            let isNarrow =
                switch (scale.low, scale.high) {
                case (-1, _): own.least >= -overshoot
                case (_, 255): own.greatest > 0 && own.greatest <= 1 + overshoot
                case (_, 65535): own.greatest <= 255
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
