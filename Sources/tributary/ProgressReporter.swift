import Cluster
import Foundation
import Synchronization

/// Shows a run: a progress bar on a terminal, a plain line now and then elsewhere.
final class ProgressReporter: RunReporter {
    private let terminal = Terminal.standardError
    private let state = Mutex(State())

    /// Seconds between plain lines.
    private static let plainInterval = 10.0

    private struct State {
        var lastLine = Date.distantPast
        var meter = RateMeter()
    }

    func report(_ event: RunEvent) {
        switch event {
        case .step(let step): show(step)
        default:
            if let line = event.line { terminal.line(line) }
        }
    }

    private func show(_ step: StepReport) {
        let now = Date()
        let text: String? = state.withLock { state in
            state.meter.add(step.step, at: now)
            let left = state.meter.secondsLeft(to: step.totalSteps)
            if terminal.isInteractive { return bar(step) + tail(step, left) }
            guard now.timeIntervalSince(state.lastLine) >= Self.plainInterval || step.step + 1 == step.totalSteps else {
                return nil
            }
            state.lastLine = now
            return "epoch \(step.epoch), step \(step.step + 1)/\(step.totalSteps): " + tail(step, left)
        }
        guard let text else { return }
        terminal.isInteractive ? terminal.status(text) : terminal.line(text)
    }

    private func bar(_ step: StepReport) -> String {
        let width = 20
        let filled = width * (step.step + 1) / max(1, step.totalSteps)
        return
            "epoch \(step.epoch) [\(String(repeating: "█", count: filled))\(String(repeating: "·", count: width - filled))] "
            + "\(step.step + 1)/\(step.totalSteps) "
    }

    private func tail(_ step: StepReport, _ left: Double?) -> String {
        let elbo =
            "-ELBO \(decimal(step.negativeELBO)) = \(decimal(step.reconstruction)) + \(decimal(step.divergence)) nats"
        let workers = step.workers == 1 ? "1 worker" : "\(step.workers) workers"
        return "\(elbo), \(Int(step.imagesPerSecond)) images/s, \(workers)"
            + (left.map { ", \(duration($0)) left" } ?? "")
    }
}

/// How fast steps go lately, for the time left.
private struct RateMeter {
    private var marks: [(step: Int, time: Date)] = []

    mutating func add(_ step: Int, at time: Date) {
        marks.append((step, time))
        if marks.count > 200 { marks.removeFirst(100) }
    }

    func secondsLeft(to total: Int) -> Double? {
        guard let first = marks.first, let last = marks.last, last.step > first.step else { return nil }
        return last.time.timeIntervalSince(first.time) / Double(last.step - first.step) * Double(total - last.step - 1)
    }
}
