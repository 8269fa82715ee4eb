import Coordination
import Dispatch
import Foundation
import Synchronization

/// Where the time of steps goes, on every host: Chrome's trace format, for chrome://tracing, ui.perfetto.dev and what else reads it.
///
/// Times are of the coordinator's clock. It takes so many steps and spans at most, and is written when it has them, or when the run ends.
///
/// Source: "Trace Event Format" of the Chromium project, complete (X) and metadata (M) events.
public final class StepTrace: Sendable {
    /// A thread of a process in the trace.
    enum Lane: Int {
        case steps = 0
        case coordinator = 1
    }

    fileprivate struct Span {
        let name: String
        let process: Int
        let lane: Int
        let step: Int
        var shard: Int?
        var start: Duration
        var length: Duration
    }

    /// A worker in the trace.
    fileprivate struct Host {
        let number: Int
        let title: String
        var clock = HostClock()
        /// The worst of the estimates that were used.
        var error = Duration.zero
        /// Until when the spans of each thread go that were taken.
        var ends: [Int: Duration] = [0: .zero]

        /// Takes spans over to the coordinator's clock.
        ///
        /// Where the estimate has changed since the last ones, the first of these may seem to begin a little before those end: they begin then.
        mutating func shifted(_ spans: [WorkSpan], by estimate: HostClock.Estimate) -> [Span] {
            error = max(error, estimate.error)
            let before = ends
            return spans.map { span in
                var shifted = Span(span, process: number, ahead: estimate.ahead)
                let overlap = before[span.lane].map { $0 - shifted.start } ?? .zero
                if overlap > .zero, overlap < min(error * 2, shifted.length) {
                    shifted.start += overlap
                    shifted.length -= overlap
                }
                ends[span.lane] = max(ends[span.lane] ?? .zero, shifted.start + shifted.length)
                return shifted
            }
        }
    }

    fileprivate struct State {
        var spans: [Span] = []
        var hosts: [String: Host] = [:]
        var steps = 0
        var isOpen = true
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "trace")
    private let mostSteps: Int
    private let write: @Sendable ([UInt8]) -> Void

    private static let mostSpans = 200_000
    /// What belongs together and lies closer than this is one span: chunks of parameters that leave one after the other.
    private static let gap = Duration.microseconds(200)

    /// - Parameters:
    ///   - steps: The steps that it takes.
    ///   - write: Gets the file's bytes, once, on another thread.
    public init(steps: Int, write: @escaping @Sendable ([UInt8]) -> Void) {
        mostSteps = steps
        self.write = write
    }

    /// Whether it takes more.
    var isOpen: Bool { state.withLock(\.isOpen) }

    // MARK: - Taking

    /// Adds a span of the coordinator.
    func add(_ name: String, _ lane: Lane = .coordinator, step: Int, from start: Duration, to end: Duration) {
        state.withLock { state in
            guard state.isOpen else { return }
            if lane == .steps {
                state.steps += 1
            } else if state.extend(name, step, from: start, to: end, Self.gap) {
                return
            }
            state.spans.append(
                Span(name: name, process: 0, lane: lane.rawValue, step: step, start: start, length: end - start))
        }
        closeIfFull()
    }

    /// Adds what a worker says it did.
    func add(_ spans: WorkSpans, of worker: CoordinatorState.WorkerOverview, heard: Duration) {
        state.withLock { state in
            guard state.isOpen else { return }
            var host = state.hosts[worker.name] ?? Host(number: state.hosts.count + 1, title: worker.title)
            host.clock.note(asked: spans.asked, answered: spans.answered, heard: heard)
            if let estimate = host.clock.best {
                state.spans += host.shifted(spans.spans, by: estimate)
            }
            state.hosts[worker.name] = host
        }
        closeIfFull()
    }

    private func closeIfFull() {
        if state.withLock({ $0.isOpen && ($0.steps >= mostSteps || $0.spans.count >= Self.mostSpans) }) { close() }
    }

    /// Writes what there is, and takes no more.
    private func close() {
        guard
            state.withLock({ state in
                defer { state.isOpen = false }; return state.isOpen
            })
        else { return }
        queue.async { [self] in
            let state = state.withLock { state in
                defer { (state.spans, state.hosts) = ([], [:]) }; return state
            }
            write(Self.encoded(state))
        }
    }

    /// Writes what there is, unless that is done, and waits for it.
    public func finish() {
        close()
        queue.sync {}
    }

    // MARK: - Writing

    private struct Event: Encodable {
        var name: String
        var cat: String?
        let ph: String
        var ts: Double?
        var dur: Double?
        let pid: Int
        let tid: Int
        let args: [String: Argument]
    }

    private enum Argument: Encodable {
        case number(Int)
        case text(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }
    }

    private struct File: Encodable {
        let traceEvents: [Event]
        let displayTimeUnit = "ms"
    }

    private static func encoded(_ state: State) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let events = names(state) + state.spans.sorted { $0.start < $1.start }.map(event)
        return (try? encoder.encode(File(traceEvents: events))).map(Array.init) ?? []
    }

    private static func event(_ span: Span) -> Event {
        var args = ["step": Argument.number(span.step)]
        if let shard = span.shard { args["shard"] = .number(shard) }
        return Event(
            name: span.name, cat: span.process == 0 ? "coordinator" : "worker", ph: "X",
            ts: span.start / .microseconds(1), dur: span.length / .microseconds(1), pid: span.process, tid: span.lane,
            args: args)
    }

    private static func names(_ state: State) -> [Event] {
        var events =
            [name("process_name", "coordinator", 0, 0)]
            + [(Lane.steps, "steps"), (.coordinator, "coordinator")].map { name("thread_name", $1, 0, $0.rawValue) }
        for host in state.hosts.values.sorted(by: { $0.number < $1.number }) {
            let error = (host.error / .milliseconds(1) * 1000).rounded() / 1000
            events.append(name("process_name", "\(host.title), clock within \(error) ms", host.number, 0))
            for lane in host.ends.keys.sorted() {
                events.append(name("thread_name", lane == 0 ? "links" : "compute \(lane)", host.number, lane))
            }
        }
        return events
    }

    private static func name(_ kind: String, _ name: String, _ process: Int, _ lane: Int) -> Event {
        Event(name: kind, ph: "M", pid: process, tid: lane, args: ["name": .text(name)])
    }
}

extension StepTrace.State {
    /// Makes the last span of the coordinator longer, if this one is the same work going on.
    fileprivate mutating func extend(
        _ name: String, _ step: Int, from start: Duration, to end: Duration, _ gap: Duration
    ) -> Bool {
        guard let last = spans.last, last.process == 0, last.name == name, last.step == step,
            start - (last.start + last.length) < gap
        else { return false }
        spans[spans.count - 1].length = end - last.start
        return true
    }
}

extension StepTrace.Span {
    fileprivate init(_ span: WorkSpan, process: Int, ahead: Duration) {
        let name =
            switch span.kind {
            case .waitingForParameters: "wait for parameters"
            case .computing: "compute a leaf"
            case .sending: "send a sum"
            case .pixels: "take pixels in"
            }
        self.init(
            name: name, process: process, lane: span.lane, step: span.step + 1,
            shard: span.kind == .computing ? span.shard : nil, start: span.start - ahead, length: span.length)
    }
}

extension CoordinatorState.WorkerOverview {
    fileprivate var title: String { "\(name) on \(host) (process \(process))" }
}
