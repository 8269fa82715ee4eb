import Synchronization

/// Until when a connection has to have got on. One timer looks at it now and then: a timer for each step would outlive it by minutes, and many
/// requests leave many of those.
final class Deadline: Sendable {
    private let state = Mutex<(end: ContinuousClock.Instant?, isWithinRequest: Bool)>((nil, false))

    /// Whether a request has begun and is not whole.
    var isWithinRequest: Bool { state.withLock { $0.isWithinRequest } }

    /// Sets the time that is left; nil for no end.
    func set(_ time: Duration?, isWithinRequest: Bool = false) {
        let end = time.map { ContinuousClock.now + $0 }
        state.withLock { $0 = (end, isWithinRequest) }
    }

    /// Does something that is cancelled once the time is over.
    ///
    /// - Throws: `TimeOver` then; what `body` throws otherwise.
    func watch(every pause: Duration = .seconds(1), _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(operation: body)
            group.addTask { [self] in
                while !isOver { try await Task.sleep(for: pause) }
                throw TimeOver()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private var isOver: Bool { state.withLock { $0.end.map { $0 < .now } ?? false } }
}

/// Somebody did not get on in time.
struct TimeOver: Error {}
