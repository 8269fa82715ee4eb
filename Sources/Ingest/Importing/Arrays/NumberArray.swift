import Storage

/// An array of numbers in a file, read from its beginning, the last axis fastest.
struct NumberArray {
    /// What errors call it.
    let place: String
    /// Its name in the file: `x_train`, `imgs`.
    let name: String
    /// The extents, the slowest first.
    let shape: [Int]
    let format: NumberFormat
    /// Begins to read: a function that gives so many next bytes, fewer only at the end.
    let open: () throws -> (Int) throws -> [UInt8]

    /// The number of rows: extents of the first axis.
    var count: Int { shape.first ?? 0 }
    /// The numbers of a row.
    var rowCount: Int { shape.contains(0) ? 0 : shape.dropFirst().reduce(1, *) }

    /// The most images of a source, so that no damaged header fills the memory.
    static let countLimit = 50_000_000
    /// The most bytes of one array.
    static let sizeLimit = 1 << 40

    /// - Throws: `DataError` where the extents are not believed.
    func requireCredible() throws {
        var (size, overflow) = (format.bytes, false)
        for extent in shape where !overflow { (size, overflow) = size.multipliedReportingOverflow(by: extent) }
        guard !overflow, size <= Self.sizeLimit, count <= Self.countLimit else {
            throw DataError(place, "claims to hold \(shape) numbers; its header is damaged, or it is no set of images")
        }
    }

    /// Goes over all numbers in pieces of whole rows, until `body` says false.
    ///
    /// - Throws: `DataError` where the array is cut short, or more follows.
    func forEachPiece(_ body: ([UInt8]) throws -> Bool) throws {
        let read = try open()
        let rowBytes = max(1, rowCount * format.bytes)
        let step = max(1, (1 << 22) / rowBytes)
        for start in stride(from: 0, to: count, by: step) {
            let wanted = min(step, count - start) * rowBytes
            let bytes = try read(wanted)
            guard bytes.count == wanted else { throw cut() }
            guard try body(bytes) else { return }
        }
        try requireEnd(read)
    }

    /// Refuses what is behind the last row. It is read also because archives check their sums only there.
    func requireEnd(_ read: (Int) throws -> [UInt8]) throws {
        guard try read(1).isEmpty else { throw DataError(place, "is too long: it should hold \(shape) numbers") }
    }

    /// All numbers of a small array.
    func numbers() throws -> [Double] {
        try requireCredible()
        guard count * rowCount <= 1 << 27 else {
            throw DataError(place, "has \(count * rowCount) numbers, too many for labels")
        }
        var numbers: [Double] = []
        try forEachPiece {
            numbers += format.numbers(in: $0)
            return true
        }
        return numbers
    }

    func cut() -> DataError {
        DataError(place, "is truncated: it should hold \(shape) numbers of \(format.bytes) bytes")
    }
}
