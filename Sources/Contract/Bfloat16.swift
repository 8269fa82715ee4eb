/// A float32 rounded to the nearest bfloat16, ties to the even one: its upper sixteen bits.
///
/// What is no number stays none; what is beyond the largest finite bfloat16 becomes infinite.
@inline(__always)
private func upperHalf(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    let rounded = bits &+ 0x7FFF &+ (bits >> 16 & 1)
    return (bits & 0x7FFF_FFFF > 0x7F80_0000 ? bits | 0x40_0000 : rounded) >> 16
}

/// Rounds a range of elements in place.
func roundToBfloat16(_ values: inout MutableSpan<Float>, _ range: Range<Int>) {
    for index in range { values[index] = Float(bitPattern: upperHalf(values[index]) << 16) }
}

/// Writes numbers as bfloat16, rounding those that are none.
public func encodeBfloat16(_ values: Span<Float>, into halves: inout MutableSpan<UInt16>) {
    precondition(values.count == halves.count, "\(values.count) numbers for \(halves.count) places")
    for index in 0..<values.count { halves[index] = UInt16(truncatingIfNeeded: upperHalf(values[index])) }
}

/// Writes bfloat16 numbers as float32, exactly.
public func decodeBfloat16(_ halves: Span<UInt16>, into values: inout MutableSpan<Float>) {
    precondition(values.count == halves.count, "\(halves.count) numbers for \(values.count) places")
    for index in 0..<halves.count { values[index] = Float(bitPattern: UInt32(halves[index]) << 16) }
}
