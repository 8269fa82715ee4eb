import Dispatch
import Synchronization

extension Parallel {
    /// Computes a value for each index on some threads, and returns the values in order.
    ///
    /// Who computes what is chance, so a value must depend on its index alone.
    ///
    /// - Parameters:
    ///   - bench: Makes what one thread works with and no other touches.
    ///   - whenDone: Is told how many values are there, after each, by one thread at a time.
    /// - Throws: The first error; what has begun is finished first, and nothing more is begun.
    public static func map<Bench, Value: Sendable>(
        _ count: Int, threads: Int, bench: @Sendable () throws -> Bench,
        whenDone: @Sendable (Int) -> Void = { _ in }, _ value: @Sendable (Bench, Int) throws -> Value
    ) throws -> [Value] {
        let work = Mutex(Work<Value>(count))
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
            do {
                guard count > 0 else { return }
                let bench = try bench()
                while let index = work.withLock({ $0.next() }) {
                    let value = try value(bench, index)
                    work.withLock {
                        $0.put(value, at: index)
                        whenDone($0.done)
                    }
                }
            } catch {
                work.withLock { $0.error = $0.error ?? error }
            }
        }
        return try work.withLock { try $0.result() }
    }
}

/// What is done and what is left.
private struct Work<Value: Sendable> {
    private var values: [Value?]
    private var begun = 0
    private(set) var done = 0
    var error: (any Error)?

    init(_ count: Int) { values = Array(repeating: nil, count: count) }

    mutating func next() -> Int? {
        guard begun < values.count, error == nil else { return nil }
        defer { begun += 1 }
        return begun
    }

    mutating func put(_ value: Value, at index: Int) {
        values[index] = value
        done += 1
    }

    func result() throws -> [Value] {
        if let error { throw error }
        return values.compactMap(\.self)
    }
}
