import Cluster
import Synchronization

/// Shows a run: a progress bar on a terminal, a plain line now and then elsewhere.
final class ProgressReporter: RunReporter {
    private let terminal = Terminal.standardError
    private let state = Mutex(State())

    private struct State {
        var pause = Pause()
        var meter = RateMeter()
        var evaluations = SparseLine()
        var pictures = SparseLine()
        /// How many evaluations on end found a collapsed posterior.
        var collapses = 0
    }

    func report(_ event: RunEvent) {
        switch event {
        case .step(let step): show(step)
        case .evaluated(let report):
            hold(event, \.evaluations)
            warn(of: report.collapse)
        case .pictures: hold(event, \.pictures)
        default:
            if let line = event.line { terminal.line(line) }
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

    private func hold(_ event: RunEvent, _ kind: WritableKeyPath<State, SparseLine>) {
        guard let line = event.line else { return }
        state.withLock { $0[keyPath: kind].hold(line) }
    }

    private func showLines(_ take: (inout SparseLine) -> String?) {
        let lines = state.withLock { [take(&$0.evaluations), take(&$0.pictures)] }
        for line in lines.compactMap(\.self) { terminal.line(line) }
    }

    private func show(_ step: StepReport) {
        let now = ContinuousClock.now
        let isLast = step.step + 1 == step.totalSteps
        let text: String? = state.withLock { state in
            state.meter.add(step.step, at: now)
            guard state.pause.isOver(at: now, on: terminal) || isLast else { return nil }
            let left = state.meter.secondsLeft(to: step.totalSteps)
            return terminal.isInteractive ? step.bar(left, columns: terminal.width - 1) : step.line(left)
        }
        guard let text else { return }
        terminal.isInteractive ? terminal.status(text) : terminal.line(text)
    }
}

extension StepReport {
    private var position: String { "\(step + 1)/\(totalSteps)" }
    private var who: String { workers == 1 ? "1 worker" : "\(workers) workers" }
    private var negativeELBOSplit: String {
        "-ELBO \(decimal(negativeELBO)) = \(decimal(reconstruction)) + \(decimal(divergence))"
    }

    /// `epoch 1 [███·····] 12/60 -ELBO 310.7 = 257.4 + 53.37, 4262 img/s, 2 workers, 1:03 left`, in one row of a terminal: the
    /// bar takes what the numbers leave; where that is little, the step is left out, or a percentage stands for the bar.
    fileprivate func bar(_ secondsLeft: Double?, columns: Int) -> String {
        let left = secondsLeft.map { ", \(clock($0)) left" } ?? ""
        let end = "\(negativeELBOSplit), \(Int(imagesPerSecond)) img/s, \(who)\(left)"
        for middle in ["\(position) ", ""] {
            let room = columns - "epoch \(epoch) [] \(middle)\(end)".count
            if room >= 4 { return "epoch \(epoch) [\(blocks(min(room, 20)))] \(middle)\(end)" }
        }
        return "epoch \(epoch) \(100 * (step + 1) / max(1, totalSteps)) % \(end)"
    }

    private func blocks(_ width: Int) -> String {
        let filled = width * (step + 1) / max(1, totalSteps)
        return String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    }

    /// The same for a log.
    fileprivate func line(_ secondsLeft: Double?) -> String {
        "epoch \(epoch), step \(position): \(negativeELBOSplit) nats, \(Int(imagesPerSecond)) images/s, \(who)"
            + (secondsLeft.map { ", \(duration($0)) left" } ?? "")
    }
}

/// A line about work that takes long: rewritten on a terminal, repeated now and then elsewhere.
struct Ticker {
    private let terminal = Terminal.standardError
    private var pause = Pause()

    mutating func show(_ text: @autoclosure () -> String) {
        guard pause.isOver(at: .now, on: terminal) else { return }
        terminal.isInteractive ? terminal.status(text()) : terminal.line(text())
    }
}

/// The time between two reports: short where the second takes the place of the first.
///
/// The clock is not the machine's, which somebody may set back.
private struct Pause {
    private var last: ContinuousClock.Instant?

    /// Whether the next report is due; then the pause begins anew.
    mutating func isOver(at now: ContinuousClock.Instant, on terminal: Terminal) -> Bool {
        if let last, now - last < (terminal.isInteractive ? .milliseconds(100) : .seconds(10)) { return false }
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
