import Archives
import Hashing

/// The records of a file of TensorFlow's, one after the other.
///
/// A record is the length in 8 bytes, the masked checksum of those in 4, the data, and its masked checksum in 4; numbers begin with the lowest
/// byte. The file may be compressed with gzip as a whole. Source: TensorFlow, `core/lib/io/record_writer.h`.
struct TFRecordReader {
    private let stream: ByteStream
    private let place: String
    private var count = 0

    private static let headerSize = 12

    init(_ entry: FileTree.Entry, in tree: FileTree) throws {
        stream = try tree.stream(entry, unpacking: true)
        place = tree.place(of: entry)
    }

    /// Whether a file begins with a length and its checksum.
    static func isFirst(_ entry: FileTree.Entry, in tree: FileTree) -> Bool {
        guard let stream = try? tree.stream(entry, unpacking: true), let header = try? stream.read(headerSize) else {
            return false
        }
        return length(header) != nil
    }

    /// What the next record is called.
    var nextName: String { "record \(count + 1) of \(place)" }

    /// The data of the next record; nil behind the last.
    ///
    /// - Throws: `DataError` where a record is cut short, changed, or larger than an image.
    mutating func next() throws -> [UInt8]? {
        let header = try stream.read(Self.headerSize)
        if header.isEmpty { return nil }
        guard let length = Self.length(header) else { throw damaged("has a wrong checksum of its length") }
        guard length <= BatchReader.pictureLimit else { throw damaged("has \(length) bytes, which is no image") }
        var data = try stream.read(length + 4)
        guard data.count == length + 4 else { throw damaged("is cut short") }
        let checksum = data.suffix(4)
        data.removeLast(4)
        guard Self.number(checksum) == MaskedChecksum(data).value else { throw damaged("has a wrong checksum") }
        count += 1
        return data
    }

    private static func length(_ header: [UInt8]) -> Int? {
        guard header.count == headerSize, number(header[8...]) == MaskedChecksum(header[..<8]).value else { return nil }
        return Int(clamping: number(header[..<8]) as UInt64)
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
        bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
    }

    private func damaged(_ problem: String) -> DataError {
        DataError(nextName, "\(problem): fetch or write the file again")
    }
}
