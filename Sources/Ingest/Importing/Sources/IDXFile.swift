import Archives
import Storage

/// An array in the IDX format of MNIST, gzipped or not.
///
/// Two zero bytes, the type (8: unsigned bytes), the number of axes, the extents as big-endian 32-bit numbers, the numbers.
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats".
struct IDXFile {
    let array: NumberArray

    /// Reads the header of a file that should have `rank` axes.
    ///
    /// - Throws: `ArchiveError` where it cannot be read, `DataError` where its magic number or its length is wrong.
    init(_ entry: FileTree.Entry, in tree: FileTree, rank: Int) throws {
        let place = tree.place(of: entry)
        let header = 4 + 4 * rank
        let start = try tree.stream(entry, unpacking: true).read(header)
        guard start.count == header else {
            throw DataError(place, "is truncated: its header alone has \(header) bytes, the file \(start.count)")
        }
        guard let format = Self.formats[start[2]], start[0] == 0, start[1] == 0, start[3] == UInt8(rank) else {
            throw DataError(
                place, "is not an IDX file of bytes with \(rank) axes: it begins with \(Array(start[..<4]))")
        }
        let shape = (1...rank).map { axis in start[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } }
        array = NumberArray(place: place, name: entry.name, shape: shape, format: format) {
            let stream = try tree.stream(entry, unpacking: true)
            _ = try stream.read(header)
            return { try stream.read($0) }
        }
        let packed = try tree.read(entry, atMost: 2) == [0x1F, 0x8B]
        try requireBytes(atMost: packed ? entry.size * Self.mostPacked : entry.size - header)
    }

    private static let formats: [UInt8: NumberFormat] = [
        8: .byte, 9: NumberFormat(.signed, bytes: 1),
        0x0B: NumberFormat(.signed, bytes: 2, isBigEndian: true),
        0x0C: NumberFormat(.signed, bytes: 4, isBigEndian: true),
        0x0D: NumberFormat(.float, bytes: 4, isBigEndian: true),
        0x0E: NumberFormat(.float, bytes: 8, isBigEndian: true),
    ]

    /// What deflate can make of a byte, at most.
    private static let mostPacked = 1_040

    private func requireBytes(atMost limit: Int) throws {
        var (size, overflow) = (array.format.bytes, false)
        for extent in array.shape where !overflow {
            (size, overflow) = size.multipliedReportingOverflow(by: extent)
        }
        guard !overflow, size <= limit else {
            throw DataError(
                array.place,
                "is truncated: it should hold \(array.shape) bytes after its header and holds \(limit) at most")
        }
    }

    /// All numbers, and a look at whether more follow.
    func numbers() throws -> [Double] {
        let numbers = try array.numbers()
        let read = try array.open()
        _ = try read(numbers.count * array.format.bytes)
        guard try read(1).isEmpty else {
            throw DataError(array.place, "is too long: it should hold \(array.shape) numbers")
        }
        return numbers
    }
}
