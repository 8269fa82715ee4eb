import FloatEnvironment

/// Adds the sum of a right child to that of its left sibling: `left = left + right`, element by element.
///
/// This one addition per element and node, in float32 with subnormal numbers flushed to zero, is the contract. Elements do
/// not meet, so folding a buffer in pieces gives the same bits as folding it whole.
/// - Complexity: O(n), bound by memory.
public func fold(_ right: [Float], into left: inout [Float]) {
    var target = left.mutableSpan
    fold(right.span, into: &target)
}

/// Adds a piece of a right child's sum to the same piece of its left sibling's.
public func fold(_ right: Span<Float>, into left: inout MutableSpan<Float>) {
    precondition(left.count == right.count, "cannot fold \(right.count) elements into \(left.count)")
    let environment = FloatEnvironment.flushToZero()
    defer { environment.restore() }
    add(right, to: &left)
}

/// Adds a piece of a right child's sum to the same piece of its left sibling's, both of which stay: `sum = left + right`.
public func fold(_ left: Span<Float>, _ right: Span<Float>, into sum: inout MutableSpan<Float>) {
    precondition(
        left.count == right.count && left.count == sum.count,
        "cannot fold \(left.count) and \(right.count) elements into \(sum.count)")
    let environment = FloatEnvironment.flushToZero()
    defer { environment.restore() }
    add(left, right, to: &sum)
}

/// Adds a piece of a left child's sum to the same piece of its right sibling's, as the left operand: `right = left + right`.
func fold(left: Span<Float>, into right: inout MutableSpan<Float>) {
    precondition(left.count == right.count, "cannot fold \(left.count) elements into \(right.count)")
    let environment = FloatEnvironment.flushToZero()
    defer { environment.restore() }
    add(left: left, to: &right)
}

/// Not inlined, so that no addition moves out of the environment that `fold` sets.
@inline(never)
private func add(_ right: Span<Float>, to left: inout MutableSpan<Float>) {
    for index in 0..<left.count { left[index] += right[index] }
}

@inline(never)
private func add(_ left: Span<Float>, _ right: Span<Float>, to sum: inout MutableSpan<Float>) {
    for index in 0..<sum.count { sum[index] = left[index] + right[index] }
}

/// Of two operands that are no numbers the sum takes the left one's bits, so the order matters even in an addition.
@inline(never)
private func add(left: Span<Float>, to right: inout MutableSpan<Float>) {
    for index in 0..<right.count { right[index] = left[index] + right[index] }
}
