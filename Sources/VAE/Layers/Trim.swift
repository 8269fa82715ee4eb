/// How many rows and columns a transposed convolution cuts off at the bottom and on the right, beyond its padding.
///
/// Written `trim: 1` for one of each, or `trim: [2, 1]` for rows and columns: images of odd height and even width need that.
public struct Trim: Hashable, Sendable {
    public var rows: Int
    public var columns: Int

    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }
}

extension Trim: ExpressibleByIntegerLiteral {
    public init(integerLiteral both: Int) { self.init(rows: both, columns: both) }
}

extension Trim: CustomStringConvertible {
    public var description: String { rows == columns ? "\(rows)" : "[\(rows), \(columns)]" }
}

extension Trim: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let both = try? container.decode(Int.self) {
            self.init(integerLiteral: both)
            return
        }
        let extents = try container.decode([Int].self)
        guard extents.count == 2 else {
            let sentence = "expected one number, or two for rows and columns, got \(extents.count)"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: sentence))
        }
        self.init(rows: extents[0], columns: extents[1])
    }

    /// One number where it says all, as in the contracts that were made before there were two.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if rows == columns { try container.encode(rows) } else { try container.encode([rows, columns]) }
    }
}
