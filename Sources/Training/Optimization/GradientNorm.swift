import FloatEnvironment
import Optimizer
import Parallel
import Synchronization

/// Multiplies ranges of elements, which ascend, by `scale`, and returns the sum of the squares of each afterwards.
///
/// Squares are summed in Float64, eight lanes to a block of 4,096 elements, lanes pairwise and blocks in order: one fixed order,
/// whichever thread does which block.
///
/// - Parameter complete: Writes elements before they are read, also those between ranges, each once.
func scaleAndSumSquares(
    _ values: inout [Float], _ ranges: [Range<Int>], by scale: Float,
    completedBy complete: @Sendable (Range<Int>, inout MutableSpan<Float>) -> Void = { _, _ in }
) -> [Double] {
    let blocks = ranges.flatMap { range in
        stride(from: range.lowerBound, to: range.upperBound, by: blockCount).map {
            $0..<min(range.upperBound, $0 + blockCount)
        }
    }
    var sums = squares(of: blocks, &values, scale, complete)[...]
    return ranges.map { range in
        let count = (range.count + blockCount - 1) / blockCount
        defer { sums = sums.dropFirst(count) }
        return sums.prefix(count).reduce(0, +)
    }
}

private let blockCount = 4_096

/// The sums of blocks, in their order; neighbours go to one thread.
private func squares(
    of blocks: [Range<Int>], _ values: inout [Float], _ scale: Float,
    _ complete: @Sendable (Range<Int>, inout MutableSpan<Float>) -> Void
) -> [Double] {
    let perPiece = Parallel.pieceCount / blockCount
    let groups = stride(from: 0, to: blocks.count, by: perPiece).map { $0..<min(blocks.count, $0 + perPiece) }
    let pieces = groups.map { blocks[$0.lowerBound].lowerBound..<blocks[$0.upperBound - 1].upperBound }
    let sums = Mutex([Double](repeating: 0, count: blocks.count))
    Parallel.forEach(pieces, of: &values) { index, elements in
        let environment = FloatEnvironment.flushToZero()
        defer { environment.restore() }
        complete(pieces[index], &elements)
        let start = pieces[index].lowerBound
        var found: [Double] = []
        for block in blocks[groups[index]] {
            var values = elements._mutatingExtracting(block.lowerBound - start..<block.upperBound - start)
            found.append(scaleAndSumSquares(&values, by: scale))
        }
        sums.withLock { [found] in $0.replaceSubrange(groups[index], with: found) }
    }
    return sums.withLock { $0 }
}
