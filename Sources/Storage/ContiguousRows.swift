import CHDF5
import Glibc

/// The rows of a dataset of bytes that lies in one piece, read past the library.
///
/// The library serves one call at a time; this reads with `pread` from as many threads as like, at any row, about three times
/// as fast.
public final class ContiguousRows: Sendable {
    /// The number of rows.
    public let rowCount: Int

    /// The number of bytes in a row.
    public let rowBytes: Int

    private let name: String
    private let descriptor: Int32
    private let offset: Int

    /// - Parameter descriptor: Owned from here on.
    fileprivate init(_ dataset: Dataset, descriptor: Int32, offset: Int) {
        name = dataset.place
        rowCount = dataset.rowCount
        rowBytes = dataset.rowElementCount
        self.descriptor = descriptor
        self.offset = offset
    }

    deinit {
        close(descriptor)
    }

    /// Reads rows in the order given. The C function is `pread`.
    ///
    /// - Throws: `H5Error` where the file has become shorter or cannot be read.
    public func read(rows: some Collection<Int>) throws(H5Error) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: rows.count * rowBytes)
        for (position, row) in rows.enumerated() {
            try read(bytes: rowBytes, from: row, into: &bytes, at: position * rowBytes)
        }
        return bytes
    }

    /// Reads rows that follow one another, in one call.
    public func read(rows: Range<Int>) throws(H5Error) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: rows.count * rowBytes)
        guard let last = rows.last else { return bytes }
        precondition(last < rowCount, "expected rows within 0..<\(rowCount) of \(name), got \(rows)")
        try read(bytes: bytes.count, from: rows.lowerBound, into: &bytes, at: 0)
        return bytes
    }

    private func read(bytes wanted: Int, from row: Int, into buffer: inout [UInt8], at start: Int) throws(H5Error) {
        precondition((0..<rowCount).contains(row), "expected a row within 0..<\(rowCount) of \(name), got \(row)")
        var done = 0
        while done < wanted {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe pread(
                    descriptor, $0.baseAddress.map { unsafe $0 + start + done }, wanted - done,
                    offset + row * rowBytes + done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let reason = count == 0 ? "the file has become shorter" : unsafe String(cString: strerror(errno))
                throw H5Error("read the dataset \(name)", because: reason)
            }
            done += count
        }
    }
}

extension Dataset {
    /// The rows for reading past the library; nil where they do not lie in one piece as bytes in a file on disk.
    ///
    /// The C functions are `H5Dget_offset` and `H5Fget_vfd_handle`.
    public func contiguousRows() throws(H5Error) -> ContiguousRows? {
        guard layout.chunk == nil, elementType == .integer(bits: 8, signed: false), !shape.isEmpty else { return nil }
        let operation = "read the dataset \(place)"
        let offset = H5Dget_offset(id)
        let file = try Handle(operation) { H5Iget_file_id(id) }
        guard offset != chdf5_no_address(), let shared = try posixDescriptor(of: file.id) else { return nil }
        guard Int(clamping: offset) + count <= (try fileSize(of: id)) else {
            throw H5Error(operation, because: "the file is truncated")
        }
        let own = fcntl(shared, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { throw H5Error(operation, because: unsafe String(cString: strerror(errno))) }
        return ContiguousRows(self, descriptor: own, offset: Int(offset))
    }
}
