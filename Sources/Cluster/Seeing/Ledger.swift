import Coordination
import Training
import WallTime

/// What a coordinator counts for those who look on: a few additions a step, and once a second they become a `ClusterStatus`.
struct Ledger {
    /// Bounds of a step's seconds: three for each power of ten, from steps of a tiny network to those of a slow machine.
    static let stepBounds = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
    ]
    /// The events that are kept.
    private static let mostEvents = 20
    /// The names whose totals are kept after their workers have gone.
    private static let mostNames = 2_048
    /// How far back rates look.
    private static let window = Duration.seconds(10)

    private(set) var totals = ClusterStatus.Totals()
    private(set) var events: [ClusterStatus.Event] = []
    private(set) var stepSeconds = ClusterStatus.Histogram(bounds: stepBounds)
    private(set) var training: ClusterStatus.Terms?
    private(set) var heldOut: ClusterStatus.Terms?
    private(set) var checkpoint: (step: Int, saved: Duration)?
    /// What was counted since the last status, by connection.
    private var fresh: [Peer: ClusterStatus.WorkerTotals] = [:]
    private var named: [String: ClusterStatus.WorkerTotals] = [:]
    /// Late leases are told of by name.
    private var last: Peer?
    private var marks: [Mark] = []

    /// What was counted at a moment.
    private struct Mark {
        let time: Duration
        let images: [String: Int]
    }

    // MARK: - Counting

    mutating func sent(parameters bytes: Int, to peer: Peer) { fresh[peer, default: .init()].parameterBytes += bytes }

    mutating func sent(pixels bytes: Int, to peer: Peer) { fresh[peer, default: .init()].pixelBytes += bytes }

    mutating func received(_ bytes: Int, from peer: Peer) { fresh[peer, default: .init()].sumBytes += bytes }

    /// A sum counts that came from a worker.
    ///
    /// - Parameter microbatch: Images of a shard.
    mutating func commit(_ author: (peer: Peer, shards: Int, kind: Round.Kind), microbatch: Int) {
        guard author.kind == .training else { return }
        fresh[author.peer, default: .init()].images += author.shards * microbatch
        last = author.peer
    }

    /// A step was applied.
    mutating func finish(_ step: StepReport, images: Int) {
        totals.steps += 1
        totals.images += images
        stepSeconds.add(Double(images) / step.imagesPerSecond)
        training = .init(step: step.step + 1, reconstruction: step.reconstruction, divergence: step.divergence)
        if let last = last.take() { fresh[last, default: .init()].lastInSteps += 1 }
    }

    mutating func finish(_ found: EvaluationReport) {
        totals.evaluations += 1
        heldOut = .init(step: found.step, reconstruction: found.reconstruction, divergence: found.divergence)
    }

    mutating func save(step: Int, at now: Duration) {
        totals.checkpoints += 1
        checkpoint = (step, now)
    }

    mutating func note(_ notice: Notice) {
        switch notice {
        case .joined: totals.joined += 1
        case .gone: totals.left += 1
        case .refused: totals.refused += 1
        case .resultsDiffer, .addedWrongly: totals.disputes += 1
        case .quarantined: totals.quarantined += 1
        case .moved(_, _, let from, _, _):
            totals.lateLeases += 1
            named[from, default: .init()].lateLeases += 1
        case .finished, .computedAgain, .resultAgrees(_, _, _, isCheck: true): return
        default: break
        }
        note("\(notice)", level: "\(notice.level)")
    }

    mutating func note(_ message: String, level: String) {
        // What is said again and again leaves the rest in sight.
        if events.last?.message == message { events.removeLast() }
        events.append(.init(time: WallTime.text, level: level, message: message))
        if events.count > Self.mostEvents { events.removeFirst() }
    }

    // MARK: - Showing

    /// Puts what was counted under the workers' names, and answers their totals and rates.
    mutating func workers(_ overviews: [CoordinatorState.WorkerOverview], at now: Duration) -> [ClusterStatus.Worker] {
        for overview in overviews {
            guard let counted = fresh.removeValue(forKey: overview.peer) else { continue }
            named[overview.name, default: .init()] += counted
        }
        fresh = [:]
        forgetNames(but: Set(overviews.map(\.name)))
        let mark = takeMark(at: now)
        let seconds = (now - mark.time).inSeconds
        let rates = overviews.map { overview in
            let images = (named[overview.name]?.images ?? 0) - (mark.images[overview.name] ?? 0)
            return seconds > 0 ? Double(images) / seconds : 0
        }
        let sum = rates.reduce(0, +)
        return zip(overviews, rates).map { overview, rate in
            ClusterStatus.Worker(overview, named[overview.name] ?? .init(), rate, share: sum > 0 ? rate / sum : 0)
        }
    }

    /// Notes what there is now, and answers what there was a window ago.
    private mutating func takeMark(at now: Duration) -> Mark {
        marks.append(Mark(time: now, images: named.mapValues(\.images)))
        while marks.count > 2, now - marks[1].time >= Self.window { marks.removeFirst() }
        return marks[0]
    }

    private mutating func forgetNames(but present: Set<String>) {
        guard named.count > Self.mostNames else { return }
        named = named.filter { present.contains($0.key) }
    }
}

extension ClusterStatus.Worker {
    fileprivate init(
        _ overview: CoordinatorState.WorkerOverview, _ totals: ClusterStatus.WorkerTotals, _ rate: Double, share: Double
    ) {
        self.init(
            name: overview.name, host: overview.host, process: overview.process, threads: overview.threads,
            activity: overview.activity.rawValue, nodes: overview.nodes,
            waitedSeconds: overview.waited?.inSeconds, imagesPerSecond: rate, share: share,
            bytesUnderWay: overview.bytesUnderWay, totals: totals)
    }
}

extension ClusterStatus {
    /// What a round waits for, in a sentence; nil where it waits for nothing.
    static func waiting(_ round: Round?, _ workers: [Worker]) -> String? {
        guard let round else { return nil }
        let busy = workers.filter { !$0.nodes.isEmpty }
        guard let slowest = busy.max(by: { ($0.waitedSeconds ?? 0) < ($1.waitedSeconds ?? 0) }) else {
            return workers.contains { $0.activity != "preparing" }
                ? nil : "\(round) waits for a worker that is ready: there is none"
        }
        let tenths = Int(((slowest.waitedSeconds ?? 0) * 10).rounded())
        let others = busy.count > 1 ? " and \(busy.count - 1) other\(busy.count > 2 ? "s" : "")" : ""
        return "\(round) waits for \(slowest.name)\(others), for \(tenths / 10).\(tenths % 10) s"
    }
}
