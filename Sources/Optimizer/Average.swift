import COptimizer

/// Moves an average towards values: a ← a + share · (value − a), in float32.
///
/// The bits are the same on every machine. The caller has set the float environment.
public func updateAverage(_ average: inout MutableSpan<Float>, towards values: Span<Float>, share: Float) {
    updateAverage(.best, &average, towards: values, share: share)
}

func updateAverage(
    _ loops: Loops, _ average: inout MutableSpan<Float>, towards values: Span<Float>, share: Float
) {
    precondition(average.count == values.count, "an average of \(average.count) values, and \(values.count) of them")
    unsafe values.withUnsafeBufferPointer { values in
        unsafe average.withUnsafeMutableBufferPointer { average in
            unsafe tributary_update_average(
                loops.code, share, Int64(values.count), values.baseAddress, average.baseAddress)
        }
    }
}
