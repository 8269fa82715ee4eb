import Archives

/// An array of bytes in the IDX format of MNIST, gzipped or not.
///
/// Two zero bytes, the type (8: unsigned bytes), the number of axes, the extents as big-endian 32-bit numbers, the bytes.
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats".
struct IDXFile {
    let shape: [Int]
    let bytes: ArraySlice<UInt8>

    /// Reads a file that should have `rank` axes.
    ///
    /// - Throws: `ArchiveError` where it cannot be read, `DataError` where its magic number or its length is wrong.
    init(_ path: String, rank: Int) throws {
        let content = try GzipFile.contents(of: path)
        let header = 4 + 4 * rank
        guard content.count >= header else {
            throw DataError(path, "is truncated: its header alone has \(header) bytes, the file \(content.count)")
        }
        guard content[..<4] == [0, 0, 8, UInt8(rank)] else {
            throw DataError(
                path, "is not an IDX file of bytes with \(rank) axes: it begins with \(Array(content[..<4]))")
        }
        shape = (1...rank).map { axis in content[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } }
        bytes = content[header...]
        var (count, overflow) = (1, false)
        for extent in shape where !overflow { (count, overflow) = count.multipliedReportingOverflow(by: extent) }
        guard !overflow, bytes.count == count else {
            let verdict = !overflow && bytes.count > count ? "is too long" : "is truncated"
            throw DataError(path, "\(verdict): it should hold \(shape) bytes after its header and holds \(bytes.count)")
        }
    }
}
