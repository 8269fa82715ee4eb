/// The two parts of a dataset: what parameters are fitted to, and what is held out.
public enum Split: String, Hashable, Sendable, Codable, CaseIterable {
    case train
    case valid
}

/// Where examples come from. Reading files is not Training's business, so it only says what it needs.
public protocol ExampleSource: Sendable {
    /// The number of examples in a split; `valid` may have none.
    func count(_ split: Split) -> Int

    var channels: Int { get }
    var height: Int { get }
    var width: Int { get }

    /// A text that is equal for equal pixels in equal order, and different otherwise.
    var fingerprint: String { get }

    /// The pixels of some examples, (rows, channels, height, width), row-major.
    func pixels(of rows: [Int], in split: Split) throws -> [UInt8]

    /// The classes of some examples, from 0; nil for one without a label. Only asked for where an objective reads labels.
    func labels(of rows: [Int], in split: Split) throws -> [Int?]
}

extension ExampleSource {
    /// The number of values of one example.
    public var pixelsPerExample: Int { channels * height * width }

    /// Data without labels.
    public func labels(of rows: [Int], in split: Split) throws -> [Int?] { rows.map { _ in nil } }
}
