import Dispatch
import Synchronization

/// Computes a value for each index, on all cores, and returns the values in order.
func concurrentMap<Value: Sendable>(_ indices: Range<Int>, _ value: @Sendable (Int) -> Value) -> [Value] {
    let values = Mutex([Value?](repeating: nil, count: indices.count))
    DispatchQueue.concurrentPerform(iterations: indices.count) { offset in
        let computed = value(indices.lowerBound + offset)
        values.withLock { $0[offset] = computed }
    }
    return values.withLock { $0.compactMap(\.self) }
}
