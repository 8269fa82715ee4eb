import FloatEnvironment
import Parallel

/// Multiplies ranges of elements, which ascend, by `scale`, and returns the sum of the squares of each afterwards.
///
/// Squares are summed in Float64, eight lanes to a block of 4,096 elements, lanes pairwise and blocks in order: one fixed order,
/// whichever thread does which block.
func scaleAndSumSquares(_ values: inout [Float], _ ranges: [Range<Int>], by scale: Float) -> [Double] {
    let blocks = ranges.flatMap { range in
        stride(from: range.lowerBound, to: range.upperBound, by: blockCount).map {
            $0..<min(range.upperBound, $0 + blockCount)
        }
    }
    var sums = squares(of: blocks, &values, scale)[...]
    return ranges.map { range in
        let count = (range.count + blockCount - 1) / blockCount
        defer { sums = sums.dropFirst(count) }
        return sums.prefix(count).reduce(0, +)
    }
}

private let blockCount = 4_096

/// The sums of blocks, in their order; neighbours go to one thread.
private func squares(of blocks: [Range<Int>], _ values: inout [Float], _ scale: Float) -> [Double] {
    let perPiece = Parallel.pieceCount / blockCount
    let groups = stride(from: 0, to: blocks.count, by: perPiece).map { $0..<min(blocks.count, $0 + perPiece) }
    let pieces = groups.map { blocks[$0.lowerBound].lowerBound..<blocks[$0.upperBound - 1].upperBound }
    return Parallel.forEach(pieces, of: &values) { index, elements in
        let environment = FloatEnvironment.flushToZero()
        defer { environment.restore() }
        let start = pieces[index].lowerBound
        var sums: [Double] = []
        for block in blocks[groups[index]] {
            sums.append(
                scaleAndSumSquaresOfBlock(
                    &elements, block.lowerBound - start..<block.upperBound - start, by: scale))
        }
        return sums
    }.flatMap { $0 }
}

@inline(never)
private func scaleAndSumSquaresOfBlock(
    _ values: inout MutableSpan<Float>, _ block: Range<Int>, by scale: Float
) -> Double {
    var lanes = SIMD8<Double>()
    var index = block.lowerBound
    while index + 8 <= block.upperBound {
        var group = SIMD8<Float>()
        for lane in 0..<8 { group[lane] = values[index + lane] }
        group *= scale
        for lane in 0..<8 { values[index + lane] = group[lane] }
        let wide = SIMD8<Double>(group)
        lanes += wide * wide
        index += 8
    }
    var lane = 0
    while index < block.upperBound {
        values[index] *= scale
        lanes[lane] += Double(values[index]) * Double(values[index])
        lane += 1
        index += 1
    }
    let halves = lanes.lowHalf + lanes.highHalf
    let quarters = halves.lowHalf + halves.highHalf
    return quarters[0] + quarters[1]
}
