/// Multiplies a range of elements by `scale`, and returns the sum of their squares afterwards.
///
/// Squares are summed in Float64, eight lanes to a block of 4,096 elements, lanes pairwise and blocks in order: one fixed order.
/// The caller has set the float environment.
@inline(never)
func scaleAndSumSquares(_ values: inout [Float], _ range: Range<Int>, by scale: Float) -> Double {
    var values = values.mutableSpan
    var sum = 0.0
    var start = range.lowerBound
    while start < range.upperBound {
        let end = min(start + 4096, range.upperBound)
        sum += scaleAndSumSquaresOfBlock(&values, start..<end, by: scale)
        start = end
    }
    return sum
}

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
