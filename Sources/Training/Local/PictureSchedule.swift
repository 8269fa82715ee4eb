import Contract

/// The state that pictures show, which their names say.
public enum PictureMoment: Hashable, Sendable, CustomStringConvertible {
    /// The end of an epoch, from 1.
    case epoch(Int)
    /// So many steps are applied.
    case step(Int)

    public var description: String {
        switch self {
        case .epoch(let epoch): "epoch \(epoch)"
        case .step(let step): "step \(step)"
        }
    }

    /// The end of a picture's name: `0003` for an epoch, `step-0000000200` for a step, so that names sort as the run went.
    var nameEnd: String {
        switch self {
        case .epoch(let epoch): Self.padded(epoch, to: 4)
        case .step(let step): "step-\(Self.padded(step, to: 10))"
        }
    }

    /// What a file of a run's `samples/` shows, if it is a picture of that kind: `samples-0003.png` is of epoch 3.
    public init?(file name: String, of kind: String) {
        guard name.hasPrefix("\(kind)-"), name.hasSuffix(".png") else { return nil }
        let end = name.dropFirst(kind.count + 1).dropLast(".png".count)
        let found = end.hasPrefix("step-") ? Int(end.dropFirst(5)).map(Self.step) : Int(end).map(Self.epoch)
        guard let found, found.nameEnd == end else { return nil }
        self = found
    }

    /// How many steps are applied.
    public func step(_ plan: ShardPlan) -> Int {
        switch self {
        case .epoch(let epoch): plan.steps(epochs: epoch)
        case .step(let step): step
        }
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Decides after which steps pictures are drawn: as often as asked, and always at the end of a run.
///
/// Unless somebody asks, that is after an epoch, and at most once a minute. So how many pictures there are may depend on the time; what
/// one of a name shows never does.
public struct PictureSchedule: Sendable {
    private let every: Cadence?
    private let plan: ShardPlan
    private let totalSteps: Int
    private var newest: (steps: Int, time: Duration)?

    private static let pause = Duration.seconds(60)

    /// - Parameter every: How often; nil for epochs that are a minute apart.
    public init(every: Cadence?, plan: ShardPlan, totalSteps: Int) {
        self.every = every
        self.plan = plan
        self.totalSteps = totalSteps
    }

    /// What pictures are to be drawn now, when so many steps are applied, once.
    ///
    /// - Parameter isLast: Whether the run ends here, before all its steps are done.
    public mutating func take(afterSteps steps: Int, at now: Duration, isLast: Bool = false) -> PictureMoment? {
        guard steps > newest?.steps ?? 0, isLast || steps >= totalSteps || isDue(steps, now) else { return nil }
        newest = (steps, now)
        return moment(steps)
    }

    private func isDue(_ steps: Int, _ now: Duration) -> Bool {
        if let every { return every.isDue(afterSteps: steps, plan: plan) }
        let isPauseOver = newest.map { now - $0.time >= Self.pause } ?? true
        return isPauseOver && Cadence.epochs(1).isDue(afterSteps: steps, plan: plan)
    }

    private func moment(_ steps: Int) -> PictureMoment {
        if case .steps = every { return .step(steps) }
        return plan.epoch(endingAfterSteps: steps).map { .epoch($0) } ?? .step(steps)
    }
}
