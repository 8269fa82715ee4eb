import Cluster

/// How far a run is, as a row of a terminal or a line of a log.
struct StepProgress {
    private let step: StepReport
    private let best: Double?
    private let secondsLeft: Double?

    /// - Parameter best: The lowest held-out −ELBO so far, in nats.
    init(_ step: StepReport, best: Double?, secondsLeft: Double?) {
        self.step = step
        self.best = best
        self.secondsLeft = secondsLeft
    }

    /// `epoch 7, step 241/1200: -ELBO 160.3 nats (reconstruction 82.60 + divergence 77.69), 1120 images/s, 2 workers, best 158.2, 81 s left`
    var line: String {
        "epoch \(step.epoch), step \(position): \(terms), \(Int(step.imagesPerSecond)) images/s, \(who)\(bestText)"
            + (secondsLeft.map { ", \(duration($0)) left" } ?? "")
    }

    /// `epoch 7 [███·····] 241/1200 -ELBO 160.3 nats (reconstruction 82.60 + divergence 77.69), 1120 img/s, 2 workers, best 158.2, 1:21 left`:
    /// the bar takes what the numbers leave; where that is little, numbers that matter less are left out, or a percentage stands for the bar.
    func bar(columns: Int) -> String {
        let all = "\(terms), \(speed), \(who)\(bestText)\(left)"
        for end in ["\(position) \(all)", all, "\(terms), \(speed)\(left)", "\(shortTerms), \(speed)\(left)"] {
            let room = columns - "epoch \(step.epoch) [] \(end)".count
            if room >= 4 { return "epoch \(step.epoch) [\(blocks(min(room, 20)))] \(end)" }
        }
        let short = "\(percent)% \(shortTerms), \(speed)"
        return short.count + left.count <= columns ? short + left : short
    }

    private var position: String { "\(step.step + 1)/\(step.totalSteps)" }
    private var percent: Int { 100 * (step.step + 1) / max(1, step.totalSteps) }
    private var who: String { step.workers == 1 ? "1 worker" : "\(step.workers) workers" }
    private var speed: String { "\(Int(step.imagesPerSecond)) img/s" }
    private var bestText: String { best.map { ", best \(decimal($0))" } ?? "" }
    private var left: String { secondsLeft.map { ", \(clock($0)) left" } ?? "" }
    private var terms: String { negativeELBOText(step.reconstruction, step.divergence) }
    private var shortTerms: String {
        "-ELBO \(decimal(step.negativeELBO)) = reconstruction \(decimal(step.reconstruction)) + divergence \(decimal(step.divergence))"
    }

    private func blocks(_ width: Int) -> String {
        let filled = width * (step.step + 1) / max(1, step.totalSteps)
        return String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    }
}
