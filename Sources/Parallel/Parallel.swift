import Dispatch
import Synchronization

/// Work on pieces of arrays, side by side on the machine's cores.
///
/// Pieces do not meet, so results depend neither on who does which nor on the order. Nobody spins: a thread without work
/// sleeps.
public enum Parallel {
    /// Elements of a piece that is worth handing to another thread: what takes longer than waking one.
    public static let pieceCount = 1 << 16

    /// Cuts a range into pieces.
    public static func pieces(of range: Range<Int>) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: pieceCount).map {
            $0..<min(range.upperBound, $0 + pieceCount)
        }
    }

    /// Lends pieces of an array, which may be written, to threads.
    ///
    /// - Parameters:
    ///   - pieces: In ascending order; they do not overlap.
    ///   - body: Gets the number of a piece and its elements.
    /// - Returns: What `body` gave for each piece.
    public static func forEach<Result: Sendable>(
        _ pieces: [Range<Int>], of values: inout [Float],
        _ body: @Sendable (Int, inout MutableSpan<Float>) -> Result
    ) -> [Result] {
        check(pieces, within: values.count)
        return unsafe values.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let buffer = unsafe buffer
            return results(pieces.count) { index in
                var elements = unsafe UnsafeMutableBufferPointer(rebasing: buffer[pieces[index]]).mutableSpan
                return body(index, &elements)
            }
        }
    }

    /// Lends the same pieces of three arrays of one length, which may be written, to threads.
    public static func forEach(
        _ pieces: [Range<Int>], of first: inout [Float], _ second: inout [Float], _ third: inout [Float],
        _ body:
            @Sendable (
                Int, inout MutableSpan<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>
            ) -> Void
    ) {
        check(pieces, within: min(first.count, second.count, third.count))
        unsafe first.withUnsafeMutableBufferPointer { first in
            unsafe second.withUnsafeMutableBufferPointer { second in
                unsafe third.withUnsafeMutableBufferPointer { third in
                    nonisolated(unsafe) let (first, second, third) = unsafe (first, second, third)
                    _ = results(pieces.count) { index in
                        let piece = pieces[index]
                        var one = unsafe UnsafeMutableBufferPointer(rebasing: first[piece]).mutableSpan
                        var two = unsafe UnsafeMutableBufferPointer(rebasing: second[piece]).mutableSpan
                        var three = unsafe UnsafeMutableBufferPointer(rebasing: third[piece]).mutableSpan
                        body(index, &one, &two, &three)
                    }
                }
            }
        }
    }

    /// What makes it safe that threads write at the same time.
    private static func check(_ pieces: [Range<Int>], within count: Int) {
        var end = 0
        for piece in pieces {
            precondition(piece.lowerBound >= end, "pieces overlap at element \(piece.lowerBound)")
            end = piece.upperBound
        }
        precondition(end <= count, "pieces reach element \(end) of \(count)")
    }

    private static func results<Result: Sendable>(
        _ count: Int, _ body: @Sendable (Int) -> Result
    ) -> [Result] {
        if count < 2 { return (0..<count).map(body) }
        let results = Mutex([Result?](repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let result = body(index)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap { $0 } }
    }
}
