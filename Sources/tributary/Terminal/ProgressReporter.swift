import Cluster
import Synchronization
import Training

/// Shows a run: a progress bar on a terminal, a plain line now and then elsewhere.
final class ProgressReporter: RunReporter {
    private let terminal = Terminal.standardError
    private let state = Mutex(State())

    private struct State {
        /// Between two bars, and between two lines.
        var bars = Pause(between: .milliseconds(100))
        var lines = Pause(between: .seconds(10))
        var meter = RateMeter()
        var evaluations = SparseLine()
        var pictures = SparseLine()
        /// The lowest held-out −ELBO so far, in nats.
        var best: Double?
        /// How many evaluations on end found a collapsed posterior.
        var collapses = 0
    }

    func report(_ event: RunEvent) {
        switch event {
        case .step(let step): show(step)
        case .evaluating(let examples): showPhase("evaluating \(examples) held-out images")
        case .evaluatedPart(let done, let count): showPart("evaluating: \(done) of \(count) held-out images")
        case .evaluated(let report):
            state.withLock { $0.best = report.best?.negativeELBO }
            hold(event, \.evaluations, report.fields)
            warn(of: report.collapse)
        case .drawing(let moment): showPhase("drawing pictures of \(moment)")
        case .pictures: hold(event, \.pictures)
        default:
            if let line = event.line { terminal.line(line, isProgress: true) }
        }
        showLines { $0.takeDue(at: .now) }
    }

    /// Shows what is held back, and no bar any more, before the result or an error.
    func finish() {
        showLines { $0.takeLast(at: .now) }
        terminal.status("")
    }

    /// Says it once for as long as it lasts, and not of a model that has just begun.
    private func warn(of collapse: String?) {
        let count = state.withLock { state in
            state.collapses = collapse == nil ? 0 : state.collapses + 1
            return state.collapses
        }
        if count == 2, let collapse { terminal.line("warning: \(collapse)") }
    }

    private func hold(
        _ event: RunEvent, _ kind: WritableKeyPath<State, SparseLine>, _ fields: [String: LogRecord.Value] = [:]
    ) {
        guard let line = event.line else { return }
        state.withLock { $0[keyPath: kind].hold(SparseLine.Held(line: line, fields: fields)) }
    }

    private func showLines(_ take: (inout SparseLine) -> SparseLine.Held?) {
        let lines = state.withLock { [take(&$0.evaluations), take(&$0.pictures)] }
        for held in lines.compactMap(\.self) { terminal.line(held.line, isProgress: true, fields: held.fields) }
    }

    /// Says in place of the bar what is done now, where that is not over before anybody can read it.
    private func showPhase(_ text: String) {
        if state.withLock({ $0.bars.isOver(at: .now) }) { terminal.status(text) }
    }

    /// The same of what may take long: elsewhere than on a terminal a line now and then.
    private func showPart(_ text: String) {
        guard !terminal.isInteractive else { return showPhase(text) }
        if state.withLock({ $0.lines.isOver(at: .now) }) { terminal.line(text, isProgress: true) }
    }

    private func show(_ step: StepReport) {
        let now = ContinuousClock.now
        let isLast = step.step + 1 == step.totalSteps
        let columns = terminal.isInteractive ? terminal.width - 1 : 0
        let (bar, line): (String?, String?) = state.withLock { state in
            state.meter.add(step.step, at: now)
            let left = state.meter.secondsLeft(to: step.totalSteps)
            let progress = StepProgress(step, best: state.best, secondsLeft: left)
            return (
                columns > 0 && (state.bars.isOver(at: now) || isLast) ? progress.bar(columns: columns) : nil,
                state.lines.isOver(at: now) || isLast ? progress.line : nil
            )
        }
        if let line {
            terminal.isInteractive
                ? Messages.add(LogRecord(line: line)) : terminal.line(line, isProgress: true, fields: step.fields)
        }
        if let bar { terminal.status(bar) }
    }
}

extension StepReport {
    /// What a program wants to know of a step.
    fileprivate var fields: [String: LogRecord.Value] {
        [
            "step": .integer(step + 1), "epoch": .integer(epoch), "reconstruction": .number(reconstruction),
            "divergence": .number(divergence), "images_per_second": .number(imagesPerSecond),
            "workers": .integer(workers),
        ]
    }
}

extension EvaluationReport {
    /// What a program wants to know of an evaluation.
    fileprivate var fields: [String: LogRecord.Value] {
        var fields: [String: LogRecord.Value] = [
            "step": .integer(step), "epoch": .integer(epoch), "held_out_negative_elbo": .number(negativeELBO),
            "held_out_reconstruction": .number(reconstruction), "held_out_divergence": .number(divergence),
        ]
        if let nll = evidence?.negativeLogLikelihood.mean { fields["held_out_nll"] = .number(nll) }
        return fields
    }
}

/// A line about work that takes long: rewritten on a terminal, repeated now and then elsewhere.
struct Ticker {
    private let terminal = Terminal.standardError
    private var pause = Pause(between: Terminal.standardError.isInteractive ? .milliseconds(100) : .seconds(10))

    mutating func show(_ text: @autoclosure () -> String) {
        guard pause.isOver(at: .now) else { return }
        terminal.isInteractive ? terminal.status(text()) : terminal.line(text(), isProgress: true)
    }
}

/// The time between two reports: short where the second takes the place of the first.
///
/// The clock is not the machine's, which somebody may set back.
private struct Pause {
    private let length: Duration
    private var last: ContinuousClock.Instant?

    init(between length: Duration) { self.length = length }

    /// Whether the next report is due; then the pause begins anew.
    mutating func isOver(at now: ContinuousClock.Instant) -> Bool {
        if let last, now - last < length { return false }
        last = now
        return true
    }
}

/// How fast steps go lately, for the time left.
private struct RateMeter {
    private var marks: [(step: Int, time: ContinuousClock.Instant)] = []

    mutating func add(_ step: Int, at time: ContinuousClock.Instant) {
        marks.append((step, time))
        if marks.count > 200 { marks.removeFirst(100) }
    }

    func secondsLeft(to total: Int) -> Double? {
        guard let first = marks.first, let last = marks.last, last.step > first.step else { return nil }
        let seconds = (last.time - first.time) / .seconds(1)
        return seconds / Double(last.step - first.step) * Double(total - last.step - 1)
    }
}
