/// What a file says of the order of its axes, in its attributes or by its shape alone.
extension ImageAxes {
    /// - Parameters:
    ///   - names: The axes' names in the file, if it has any.
    ///   - isTurned: Whether MATLAB wrote the dataset, which lists the axes of its arrays the other way round.
    /// - Throws: `DataError` for a shape that has no reading, or two: with both, and what decides.
    init(of stored: [Int], names: [String], isTurned: Bool, place: String) throws {
        guard stored.allSatisfy({ $0 > 0 }), (2...4).contains(stored.count) else {
            throw DataError(place, "has shape \(stored), which is not that of images")
        }
        if let layout = Self.layout(names: names), names.count == stored.count {
            try self.init(layout, .names, of: stored, place: place)
            return
        }
        let readings = isTurned ? Self.turnedReadings(of: stored) : Self.readings(of: stored)
        guard let layout = readings.first.flatMap(\.layout) else {
            throw DataError(
                place,
                "has shape \(stored); images have 1 or 3 channels, or are square and grey: say how they lie with --layout, such as "
                    + (stored.count == 2 ? "flat:28x20" : stored.count == 3 ? "NHW" : "NHWC"))
        }
        guard readings.count == 1 else {
            let texts = readings.map { $0.meaning + ($0.layout.map { " (--layout \($0))" } ?? "") }
            throw DataError(place, "has shape \(stored), which could be \(texts.joined(separator: " or ")): say which")
        }
        try self.init(layout, isTurned ? .matlab : .shape, of: stored, place: place)
    }

    private static let words: [AxisLayout.Axis: Set<String>] = [
        .image: ["batch", "n", "b", "number", "sample", "samples", "index", "image", "images", "example", "examples"],
        .channel: ["channel", "channels", "c", "color", "colour", "rgb"],
        .row: ["height", "h", "row", "rows", "y"],
        .column: ["width", "w", "column", "columns", "x"],
    ]

    private static func layout(names: [String]) -> AxisLayout? {
        let axes = names.compactMap { name in words.first { $0.value.contains(name.lowercased()) }?.key }
        return axes.count == names.count ? AxisLayout(axes.map(\.rawValue).joined()) : nil
    }

    private struct Reading {
        /// What says so on the command line; nil for what cannot be trained on.
        let layout: AxisLayout?
        let meaning: String

        init(_ layout: AxisLayout?, _ meaning: String) {
            self.layout = layout
            self.meaning = meaning
        }

        init(_ axes: String, _ meaning: String) { self.init(AxisLayout(axes), meaning) }
    }

    private static func isChannels(_ extent: Int) -> Bool { extent == 1 || extent == 3 }

    private static func readings(of stored: [Int]) -> [Reading] {
        switch stored.count {
        case 4:
            let usual =
                (isChannels(stored[1]) ? [Reading("NCHW", "channels first")] : [])
                + (isChannels(stored[3]) ? [Reading("NHWC", "channels last")] : [])
            guard usual.isEmpty else { return usual.count == 2 && stored[1...] == [1, 1, 1] ? [usual[0]] : usual }
            return isChannels(stored[2]) && stored[0] == stored[1] ? [Reading("HWCN", "images last")] : []
        case 3: return greyReadings(of: stored)
        default: return flatReadings(of: stored, inner: [.row, .column])
        }
    }

    /// One picture in colour has three axes, too, and so have pictures that are counted last.
    private static func greyReadings(of stored: [Int]) -> [Reading] {
        let (first, middle, last) = (stored[0], stored[1], stored[2])
        let grey = Reading("NHW", "\(first) grey images of \(middle) × \(last)")
        if last == 3, first > 8, middle > 8 {
            return [grey, Reading(nil, "one colour picture of \(first) × \(middle), which is too few to train on")]
        }
        if first == 3, middle > 8, last > 8 {
            return [grey, Reading(nil, "one colour picture of \(middle) × \(last), which is too few to train on")]
        }
        if first == middle, middle != last {
            return [grey, Reading("HWN", "\(last) grey images of \(first) × \(middle)")]
        }
        return [grey]
    }

    /// Numbers of values that are those of one image far more often than a number of images.
    private static let usualValues: Set = [256, 784, 1024, 4096, 3072, 12288]

    /// - Parameter inner: The order of the rows and columns of one image.
    private static func flatReadings(of stored: [Int], inner: [AxisLayout.Axis]) -> [Reading] {
        let rows = flatReadings(values: stored[1], count: stored[0], inner)
        guard usualValues.contains(stored[0]), rows.isEmpty || !usualValues.contains(stored[1]) else { return rows }
        return rows + flatReadings(values: stored[0], count: stored[1], inner)
    }

    private static func flatReadings(values: Int, count: Int, _ inner: [AxisLayout.Axis]) -> [Reading] {
        if let side = squareRoot(values) {
            return [Reading(.flat(inner, [side, side]), "\(counted(count, "grey image")) of \(side) × \(side)")]
        }
        guard values % 3 == 0, let side = squareRoot(values / 3) else { return [] }
        return [
            Reading(
                .flat(inner + [.channel], [side, side, 3]),
                "\(counted(count, "image")) of \(side) × \(side) with channels last"),
            Reading(
                .flat([.channel] + inner, [3, side, side]),
                "\(counted(count, "image")) of \(side) × \(side) with channels first"),
        ]
    }

    /// MATLAB's (H, W, C, N) is (N, C, W, H) here, and its (H·W, N) has the columns of an image one behind the other.
    private static func turnedReadings(of stored: [Int]) -> [Reading] {
        switch stored.count {
        case 4:
            return (isChannels(stored[1]) ? [Reading("NCWH", "N, C, W, H")] : [])
                + (isChannels(stored[0]) && !isChannels(stored[1]) ? [Reading("CWHN", "C, W, H, N")] : [])
        case 3:
            if stored[0] == stored[1], stored[1] != stored[2] { return [Reading("WHN", "W, H, N")] }
            if stored[0] == 3, stored[1] > 8, stored[2] > 8 {
                return [
                    Reading("NWH", "3 grey images of \(stored[2]) × \(stored[1])"),
                    Reading(nil, "one colour picture of \(stored[2]) × \(stored[1]), which is too few to train on"),
                ]
            }
            return [Reading("NWH", "N, W, H")]
        default:
            let readings = flatReadings(of: stored, inner: [.column, .row])
            // MATLAB's channels are the slowest of an image's axes.
            return readings.count == 2 && readings[0].layout?.isColour == true ? [readings[1]] : readings
        }
    }

    private static func squareRoot(_ count: Int) -> Int? {
        let root = Int(Double(count).squareRoot().rounded())
        return root > 1 && root * root == count ? root : nil
    }
}

extension AxisLayout {
    fileprivate var isColour: Bool {
        if case .flat(let axes, _) = self { axes.contains(.channel) } else { false }
    }
}
