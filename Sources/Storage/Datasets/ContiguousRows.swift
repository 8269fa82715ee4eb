import CHDF5
import Glibc

/// The rows of a dataset that lies in one piece, read past the library as the bytes that are there.
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
    private let state: FileState

    /// Refuses to go on where the file was written to since it was opened. The C function is `fstat`.
    ///
    /// - Throws: `H5Error` where its size or its time of change is another.
    public func requireUnchanged() throws(H5Error) {
        guard FileState(descriptor) != state else { return }
        throw H5Error(
            "read the dataset \(name)",
            because: "the file was changed while it was being read; begin again, or restore it and resume")
    }

    /// - Parameter descriptor: Owned from here on.
    fileprivate init(_ dataset: Dataset, descriptor: Int32, offset: Int, elementBytes: Int) {
        name = dataset.place
        rowCount = dataset.rowCount
        rowBytes = dataset.rowElementCount * elementBytes
        self.descriptor = descriptor
        self.offset = offset
        state = FileState(descriptor)
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
            precondition((0..<rowCount).contains(row), "expected a row within 0..<\(rowCount) of \(name), got \(row)")
            try read(bytes: rowBytes, from: row * rowBytes, into: &bytes, at: position * rowBytes)
        }
        return bytes
    }

    /// Reads rows that follow one another, in one call.
    public func read(rows: Range<Int>) throws(H5Error) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: rows.count * rowBytes)
        guard let last = rows.last else { return bytes }
        precondition(last < rowCount, "expected rows within 0..<\(rowCount) of \(name), got \(rows)")
        try read(bytes: bytes.count, from: rows.lowerBound * rowBytes, into: &bytes, at: 0)
        return bytes
    }

    /// Reads bytes from a place within the dataset.
    func read(bytes wanted: Int, from place: Int, into buffer: inout [UInt8], at start: Int) throws(H5Error) {
        precondition(
            place >= 0 && place + wanted <= rowCount * rowBytes,
            "expected bytes of \(name), got \(wanted) from \(place)")
        var done = 0
        while done < wanted {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe pread(
                    descriptor, $0.baseAddress.map { unsafe $0 + start + done }, wanted - done, offset + place + done)
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

/// What tells that a file was written to.
private struct FileState: Equatable {
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(_ descriptor: Int32) {
        var status = stat()
        _ = unsafe fstat(descriptor, &status)
        (size, seconds, nanoseconds) = (Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}

extension Dataset {
    /// The rows as the file has them; nil where they do not lie in one piece in a file on disk.
    ///
    /// The C functions are `H5Dget_offset` and `H5Fget_vfd_handle`.
    func storedRows() throws(H5Error) -> ContiguousRows? {
        guard layout.chunk == nil, !shape.isEmpty else { return nil }
        let operation = "read the dataset \(place)"
        let offset = H5Dget_offset(id)
        let file = try Handle(operation) { H5Iget_file_id(id) }
        guard offset != chdf5_no_address(), let shared = try posixDescriptor(of: file.id) else { return nil }
        let type = try storedType()
        let elementBytes = H5Tget_size(type.id)
        let size = try fileSize(of: id)
        guard let bytes = byteCount(shape, elementBytes: elementBytes), bytes <= size, offset <= UInt64(size - bytes)
        else { throw H5Error(operation, because: "the file is truncated") }
        let own = fcntl(shared, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { throw H5Error(operation, because: unsafe String(cString: strerror(errno))) }
        return ContiguousRows(self, descriptor: own, offset: Int(offset), elementBytes: elementBytes)
    }
}
