import Dispatch

/// A thread beside the caller's, for work that waits for disks: one piece after the other, in order.
public final class Background: Sendable {
    private let queue: DispatchQueue

    /// - Parameter name: What debuggers call it.
    public init(_ name: String) { queue = DispatchQueue(label: name) }

    /// Begins a piece of work behind those that are waiting. What it uses nobody else may use until `wait()` has returned.
    public func start<Value>(_ body: @escaping () throws -> Value) -> Pending<Value> {
        let pending = Pending(body)
        queue.async { pending.run() }
        return pending
    }

    /// Returns when nothing is under way: whoever leaves because of an error leaves nothing behind that still works.
    public func drain() { queue.sync {} }

    /// Work that is under way.
    ///
    /// Unchecked, since the body runs once on the queue, and the semaphore orders that before whoever takes the result.
    public final class Pending<Value>: @unchecked Sendable {
        private let done = DispatchSemaphore(value: 0)
        private var body: (() throws -> Value)?
        private var result: Result<Value, any Error>?

        fileprivate init(_ body: @escaping () throws -> Value) { self.body = body }

        fileprivate func run() {
            if let body { result = Result { try body() } }
            body = nil
            done.signal()
        }

        /// Waits for the end, once, and gives what came of it.
        public func wait() throws -> Value {
            done.wait()
            guard let result else { preconditionFailure("expected one wait() for work, got another") }
            self.result = nil
            return try result.get()
        }
    }
}
