import Coordination
import Synchronization

/// Notes what a worker does, while its coordinator asks for it. Where nobody asks it notes nothing.
final class SpanRecorder: Sendable {
    private struct State {
        var spans: [WorkSpan] = []
        /// Until when somebody is likely to ask.
        var end = Duration.zero
    }

    private let clock: MonotonicClock
    private let isOn = Atomic(false)
    private let state = Mutex(State())

    /// A coordinator that has not asked for so long does not ask any more.
    private static let patience = Duration.seconds(5)

    init(_ clock: MonotonicClock) { self.clock = clock }

    /// The moment, for the beginning of a span; nil where nobody wants any.
    var beginning: Duration? { isOn.load(ordering: .relaxed) ? clock.now : nil }

    /// Notes a span.
    ///
    /// - Parameters:
    ///   - beginning: When it began; nothing is noted where that is nil.
    ///   - end: When it ended, if not now.
    ///   - lane: 0 for the thread that talks, from 1 for those that compute.
    func note(
        _ kind: WorkSpan.Kind, since beginning: Duration?, until end: Duration? = nil, lane: Int, step: Int,
        shard: Int = 0
    ) {
        guard let beginning else { return }
        let now = clock.now
        state.withLock { state in
            if now > state.end { isOn.store(false, ordering: .relaxed) }
            guard state.spans.count < WorkSpans.limit else { return }
            state.spans.append(
                WorkSpan(
                    kind: kind, lane: lane, step: step, shard: shard, start: beginning, length: (end ?? now) - beginning
                ))
        }
    }

    /// Takes what was noted since the last time, and notes on.
    ///
    /// - Parameter asked: What the coordinator's clock showed.
    func take(asked: Duration) -> WorkSpans {
        isOn.store(true, ordering: .relaxed)
        let now = clock.now
        return state.withLock { state in
            state.end = now + Self.patience
            defer { state.spans = [] }
            return WorkSpans(asked: asked, answered: now, spans: state.spans)
        }
    }
}
