// Parallel: work on pieces of arrays, side by side, and which cores a process may use.

import Dispatch

/// Work on pieces of arrays, side by side on the machine's cores.
///
/// Pieces do not meet, so results depend neither on who does which nor on the order. Nobody spins: a thread without work
/// sleeps.
public enum Parallel {
    /// Elements of a piece at most: some microseconds of work, so that threads end together though one woke later, and so few that a
    /// piece is still in the second-level cache when what was made of it is used.
    public static let pieceCount = 1 << 14

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
    public static func forEach(
        _ pieces: [Range<Int>], of values: inout [Float], _ body: @Sendable (Int, inout MutableSpan<Float>) -> Void
    ) {
        check(pieces, within: values.count)
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let buffer = unsafe buffer
            forEach(pieces.count) { index in
                var elements = unsafe UnsafeMutableBufferPointer(rebasing: buffer[pieces[index]]).mutableSpan
                body(index, &elements)
            }
        }
    }

    /// Lends the same pieces of two arrays of one length, which may be written, to threads.
    public static func forEach(
        _ pieces: [Range<Int>], of first: inout [Float], _ second: inout [Float],
        _ body: @Sendable (Int, inout MutableSpan<Float>, inout MutableSpan<Float>) -> Void
    ) {
        check(pieces, within: min(first.count, second.count))
        unsafe first.withUnsafeMutableBufferPointer { first in
            unsafe second.withUnsafeMutableBufferPointer { second in
                nonisolated(unsafe) let (first, second) = unsafe (first, second)
                forEach(pieces.count) { index in
                    let piece = pieces[index]
                    var one = unsafe UnsafeMutableBufferPointer(rebasing: first[piece]).mutableSpan
                    var two = unsafe UnsafeMutableBufferPointer(rebasing: second[piece]).mutableSpan
                    body(index, &one, &two)
                }
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
                    forEach(pieces.count) { index in
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

    /// One piece needs no other thread.
    private static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        if count == 1 { return body(0) }
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}
