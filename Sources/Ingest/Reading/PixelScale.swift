import Storage

/// How stored values stand for brightness, decided from all values of a dataset and never from a sample of them.
enum PixelScale: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 255.
    case bytes
    /// 0 or 1.
    case bits
    /// 0 to 1.
    case unit
    /// -1 to 1.
    case symmetric

    var description: String {
        switch self {
        case .bytes: "0 to 255"
        case .bits: "0 or 1, times 255"
        case .unit: "0 to 1, times 255"
        case .symmetric: "-1 to 1, plus 1, times 127.5"
        }
    }

    /// Looks at the values of a dataset until they can mean only one thing.
    ///
    /// - Throws: `DataError` for values outside the four ranges.
    init(of dataset: Dataset, place: String) throws {
        switch dataset.elementType {
        case .bool: self = .bits
        case .integer(bits: 8, signed: false): self = try Self.hasByteAboveOne(dataset) ? .bytes : .bits
        case .integer, .float: self = try Self.scale(ofNumbers: dataset, place)
        default: throw DataError(place, "holds \(dataset.elementType), which is not pixels")
        }
    }

    private static func hasByteAboveOne(_ dataset: Dataset) throws -> Bool {
        for rows in dataset.blocks {
            let values = try dataset.read(rows: rows, as: UInt8.self)
            if values.contains(where: { $0 > 1 }) { return true }
        }
        return false
    }

    private static func scale(ofNumbers dataset: Dataset, _ place: String) throws -> PixelScale {
        var (least, greatest) = (Float.infinity, -Float.infinity)
        for rows in dataset.blocks {
            for value in try dataset.read(rows: rows, converting: Float.self) {
                guard value.isFinite else { throw DataError(place, "holds \(value), which is not a brightness") }
                least = min(least, value)
                greatest = max(greatest, value)
            }
        }
        let isInteger = if case .integer = dataset.elementType { true } else { false }
        switch (least, greatest) {
        case (0..., ...1): return isInteger ? .bits : .unit
        case (0..., ...255): return .bytes
        case ((-1)..., ...1) where !isInteger: return .symmetric
        default:
            throw DataError(place, "holds values from \(least) to \(greatest); known are 0 to 1, -1 to 1 and 0 to 255")
        }
    }

    /// The byte that a stored number becomes: the nearest.
    func byte(_ value: Float) -> UInt8 {
        let scaled =
            switch self {
            case .bytes: value
            case .bits, .unit: value * 255
            case .symmetric: (value + 1) * 127.5
            }
        return UInt8(min(max(scaled.rounded(), 0), 255))
    }
}

extension Dataset {
    /// The rows in pieces of whole chunks and of about a million elements.
    var blocks: [Range<Int>] {
        let chunk = max(1, layout.chunk?.first ?? 1)
        let wanted = max(1, 1_048_576 / max(1, rowElementCount))
        let step = (wanted + chunk - 1) / chunk * chunk
        return stride(from: 0, to: rowCount, by: step).map { $0..<min($0 + step, rowCount) }
    }
}
