import Dispatch
import Synchronization

extension StoredElements {
    /// Whole rows along an axis, one byte for each element: the other axes in their order, row by row. All cores work on it.
    ///
    /// - Parameters:
    ///   - range: Rows that were written; others come as zeros.
    ///   - convert: Makes bytes of the stored bytes of some elements, one of each.
    public func rows(
        _ range: Range<Int>, along axis: Int, _ convert: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) throws(H5Error) -> [UInt8] {
        let whole = slabs(of: range, along: axis)
        let slabs = whole.map { axis == 0 ? $0.within(range, along: 0) : $0 }
        let parts = try concurrently(slabs.count) { [self] (index) throws(H5Error) -> [UInt8]? in
            guard let bytes = try bytes(of: whole[index]) else { return nil }
            return convert(slabs[index] == whole[index] ? bytes : whole[index].cut(bytes, to: slabs[index]))
        }
        if axis == 0, slabs.count == 1, let bytes = parts[0], slabs[0].extents == [range.count] + shape.dropFirst() {
            return bytes
        }
        return RowAssembly(slabs, shape: shape, axis: axis).rows(range, from: parts)
    }
}

extension StoredElements {
    /// The stored bytes of the elements in a range along an axis, in any order, on all cores. What was never written is left out.
    public func forEachSlab(
        of range: Range<Int>, along axis: Int, _ body: @Sendable ([UInt8]) -> Void
    ) throws(H5Error) {
        let slabs = slabs(of: range, along: axis)
        _ = try concurrently(slabs.count) { [self] (index) throws(H5Error) -> Bool in
            let slab = slabs[index]
            guard let bytes = try bytes(of: slab) else { return false }
            let wanted = slab.within(shape).within(range, along: axis)
            body(wanted == slab ? bytes : slab.elements(bytes, of: wanted, bytes: format.bytes))
            return true
        }
    }
}

extension Slab {
    /// The bytes of a part that has some of the rows.
    fileprivate func cut(_ bytes: [UInt8], to part: Slab) -> [UInt8] {
        let rowBytes = bytes.count / max(1, extents[0])
        let first = (part.origin[0] - origin[0]) * rowBytes
        return Array(bytes[first..<first + part.extents[0] * rowBytes])
    }

    /// The part that a dataset of some shape has.
    fileprivate func within(_ shape: [Int]) -> Slab {
        Slab(origin: origin, extents: shape.indices.map { min(extents[$0], shape[$0] - origin[$0]) })
    }

    /// The part that lies within some rows of an axis.
    fileprivate func within(_ range: Range<Int>, along axis: Int) -> Slab {
        let own = (origin[axis]..<origin[axis] + extents[axis]).clamped(to: range)
        var (origin, extents) = (origin, extents)
        (origin[axis], extents[axis]) = (own.lowerBound, own.count)
        return Slab(origin: origin, extents: extents)
    }

    /// The elements of a part.
    fileprivate func elements(_ all: [UInt8], of part: Slab, bytes: Int) -> [UInt8] {
        let inner = Slab(origin: zip(part.origin, origin).map { $0 - $1 }, extents: part.extents)
        let runs = SlabRuns(of: inner, in: extents)
        var result: [UInt8] = []
        result.reserveCapacity(part.extents.reduce(bytes, *))
        for start in runs.starts { result += all[start * bytes..<(start + runs.length) * bytes] }
        return result
    }
}

/// Does something for each index on all cores, and returns what came of it in order.
func concurrently<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws(H5Error) -> Value
) throws(H5Error) -> [Value] {
    if count == 1 { return [try body(0)] }
    let results = Mutex([Result<Value, H5Error>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let result: Result<Value, H5Error>
        do throws(H5Error) { result = .success(try body(index)) } catch { result = .failure(error) }
        results.withLock { $0[index] = result }
    }
    var values: [Value] = []
    for case let result? in results.withLock({ $0 }) { values.append(try result.get()) }
    return values
}

/// Brings the elements of parts, converted to bytes, into whole rows.
private struct RowAssembly {
    /// How the elements of one part lie in the part and in a row.
    private struct Piece {
        /// The rows that the part has.
        let rows: Range<Int>
        /// The distance of rows in the part.
        let rowStride: Int
        /// Where runs of elements begin, in the part and in the row.
        let runs: [(from: Int, to: Int)]
        let length: Int
        /// The distance of a run's elements in the part.
        let stride: Int
    }

    private let pieces: [Piece]
    private let rowBytes: Int

    init(_ slabs: [Slab], shape: [Int], axis: Int) {
        let rest = shape.indices.filter { $0 != axis }
        var rowStrides = [Int](repeating: 0, count: shape.count)
        var bytes = 1
        for index in rest.reversed() {
            rowStrides[index] = bytes
            bytes *= shape[index]
        }
        rowBytes = bytes
        pieces = slabs.map { Self.piece($0, shape, axis, rest, rowStrides) }
    }

    private static func piece(
        _ slab: Slab, _ shape: [Int], _ axis: Int, _ rest: [Int], _ rowStrides: [Int]
    ) -> Piece {
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() {
            strides[index] = strides[index + 1] * slab.extents[index + 1]
        }
        // A chunk at the end reaches beyond the dataset.
        let extents = shape.indices.map { min(slab.extents[$0], shape[$0] - slab.origin[$0]) }
        var runs = [(from: 0, to: rest.reduce(0) { $0 + slab.origin[$1] * rowStrides[$1] })]
        for index in rest.dropLast() {
            runs = runs.flatMap { run in
                (0..<extents[index]).map { (run.from + $0 * strides[index], run.to + $0 * rowStrides[index]) }
            }
        }
        let last = rest.last
        return Piece(
            rows: slab.origin[axis]..<slab.origin[axis] + extents[axis], rowStride: strides[axis], runs: runs,
            length: last.map { extents[$0] } ?? 1, stride: last.map { strides[$0] } ?? 1)
    }

    /// Each thread makes some rows out of all parts.
    func rows(_ range: Range<Int>, from parts: [[UInt8]?]) -> [UInt8] {
        let bytes = rowBytes
        return unsafe [UInt8](unsafeUninitializedCapacity: range.count * bytes) { buffer, initialized in
            unsafe buffer.initialize(repeating: 0)
            nonisolated(unsafe) let target = unsafe buffer
            let step = max(1, (1 << 18) / max(1, bytes))
            let starts = Array(stride(from: range.lowerBound, to: range.upperBound, by: step))
            DispatchQueue.concurrentPerform(iterations: starts.count) { index in
                let rows = starts[index]..<min(starts[index] + step, range.upperBound)
                for (piece, part) in zip(pieces, parts) {
                    guard let part else { continue }
                    let wanted = piece.rows.clamped(to: rows)
                    unsafe copy(piece, part, wanted, target, first: range.lowerBound)
                }
            }
            initialized = range.count * bytes
        }
    }

    private func copy(
        _ piece: Piece, _ part: [UInt8], _ rows: Range<Int>, _ target: UnsafeMutableBufferPointer<UInt8>, first: Int
    ) {
        unsafe part.withUnsafeBufferPointer { source in
            for row in rows {
                let (from, to) = ((row - piece.rows.lowerBound) * piece.rowStride, (row - first) * rowBytes)
                for run in piece.runs {
                    if piece.stride == 1, piece.length > 15 {
                        let place = unsafe target.baseAddress! + to + run.to
                        unsafe place.update(from: source.baseAddress! + from + run.from, count: piece.length)
                        continue
                    }
                    for element in 0..<piece.length {
                        unsafe target[to + run.to + element] = source[from + run.from + element * piece.stride]
                    }
                }
            }
        }
    }
}
