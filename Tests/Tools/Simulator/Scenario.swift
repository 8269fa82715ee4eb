import Coordination

/// What goes wrong in one run, all of it from one number.
public struct Scenario: Sendable {
    /// What can happen, besides what the disk does.
    public enum Fault: String, CaseIterable, Sendable {
        case brokenConnection = "broken connection"
        case deadConnection = "connection that leads nowhere"
        case lateMessage = "late message"
        case slowHandshake = "slow handshake"
        case slowLink = "slow link"
        case brokenPeerConnection = "broken connection between workers"
        case partition = "partition, both ways"
        case oneWayPartition = "partition, one way"
        case workerKilled = "worker killed"
        case workerRestarted = "worker restarted"
        case workerFrozen = "worker frozen"
        case workerSlow = "slow worker"
        case workerJoins = "worker joins"
        case workerLeaves = "worker leaves politely"
        case foreignWorker = "worker with another probe"
        case wrongResult = "worker that computes wrongly"
        case wrongAddition = "worker that adds wrongly"
        case wrongParameters = "worker that passes wrong parameters on"
        case coordinatorKilled = "coordinator killed"
        case coordinatorInterrupted = "coordinator asked to end"
        case powerFailure = "power failure of the coordinator"
        case replay = "old messages come again after a restart"
    }

    /// How a worker goes wrong, always the same way.
    enum Lie: CaseIterable, Sendable {
        case computing
        case adding
        case passingOn
    }

    /// Which workers are on one host.
    enum Placement: CaseIterable, Sendable {
        case alone
        /// The first two, the next two, and so on.
        case pairs
        /// Every other one, on two hosts.
        case alternating

        func host(of worker: Int) -> String {
            switch self {
            case .alone: "h\(worker)"
            case .pairs: "h\(worker / 2)"
            case .alternating: "h\(worker % 2)"
            }
        }
    }

    /// How long a step takes, compared with the heartbeats of four a second.
    enum Pace {
        /// A leaf takes some hundredths or tenths of a second: a step takes as long as a heartbeat or longer.
        case usual
        /// A small model on a quick network: some steps between two heartbeats.
        case quick

        /// How many steps a run has.
        var steps: Int {
            switch self {
            case .usual: 8
            case .quick: 100
            }
        }

        /// What a step may take on average once nothing is wrong, besides its leaves, for each time as long as usual that the slowest worker takes for one: a
        /// single step may wait for a deadline, and not every second one. On slow links, usual ones that are computed twice take seconds.
        private var longestWait: Duration {
            switch self {
            case .usual: .seconds(6)
            case .quick: .milliseconds(100)
            }
        }

        /// The same with its leaves, where one thread computes all of them, and those of an evaluation after it.
        func longestAverage(shards: Int) -> Duration {
            let times = leafTimes(isCalm: true)
            return longestWait + .milliseconds((times.lowerBound + times.upperBound) / 2) * shards * 2
        }

        /// How long a leaf takes, in milliseconds.
        func leafTimes(isCalm: Bool) -> ClosedRange<Int> {
            switch self {
            case .usual: isCalm ? 20...60 : 20...400
            case .quick: 4...12
            }
        }

        /// How long a message is on its way, in milliseconds.
        func delays(isCalm: Bool) -> ClosedRange<Int> {
            switch self {
            case .usual: isCalm ? 1...2 : 1...60
            case .quick: 1...4
            }
        }
    }

    public let seed: UInt64
    var pace = Pace.usual
    var shards = 4
    var workers = 2
    var audit = 0.0
    var reduction = Reduction.star
    var placement = Placement.alone
    /// Whether workers get an evaluation part by part.
    var evaluatesInParts = false
    /// Whether every other worker is on the coordinator's machine, and shares memory with it.
    var sharesMemory = true
    /// How often a message is the one that its connection ends with, comes late, or meets a handshake that takes long.
    var breaks = 0.0
    var lateness = 0.0
    var slowHandshakes = 0.0
    /// What the coordinator's link carries in a second in each direction, in megabits, if a chunk is one of 256 KiB.
    var megabits = 10_000
    /// How often in a second, on average, something happens to a process, a link or the disk.
    var mishaps = 0.0
    var coordinatorDies = false
    var diskFails = false
    /// What one worker does wrongly, if one does; others then do not die, so that there is always somebody to find out.
    var lie: Lie?
    var slowness = 1
    /// How many leaves each worker computes side by side.
    var threads = 1...2
    /// How much longer the worker that computes wrongly takes.
    var liarSlowness = 1
    /// When it comes: nobody could tell where it is alone.
    var liarComesAt = Duration.seconds(2)
    /// When the faults end; from then on everything works.
    var calmAt = Duration.seconds(0)

    /// Nothing goes wrong.
    static func quiet(
        shards: Int, workers: Int, reduction: Reduction = .star, placement: Placement = .alone
    ) -> Scenario {
        var scenario = Scenario(seed: 0)
        scenario.reduction = reduction
        scenario.placement = placement
        scenario.sharesMemory = reduction == .star
        scenario.shards = shards
        scenario.workers = workers
        scenario.threads = 1...1
        return scenario
    }

    private init(seed: UInt64) {
        self.seed = seed
    }

    /// The scenario of a seed.
    public init(_ seed: UInt64) {
        self.seed = seed
        var dice = Dice(seed: Dice.mix(seed))
        shards = dice.one(of: [1, 2, 4, 4, 8])
        workers = Int.random(in: 1...5, using: &dice)
        audit = dice.one(of: [0, 0, 0.3, 1])
        breaks = dice.one(of: [0, 0.002, 0.01])
        lateness = dice.one(of: [0, 0.02])
        slowHandshakes = dice.one(of: [0, 0.2, 0.5])
        megabits = dice.one(of: [10, 100, 1_000, 10_000, 10_000])
        mishaps = dice.one(of: [0.2, 0.5, 1])
        coordinatorDies = dice.happens(0.5)
        diskFails = dice.happens(0.5)
        slowness = dice.one(of: [1, 1, 3, 30])
        calmAt = dice.milliseconds(6_000...16_000)
        if dice.happens(0.15) { giveLiar(&dice) }
        if lie == nil, dice.happens(0.5) { scatter(&dice) }
        evaluatesInParts = dice.happens(0.3)
        if reduction != .star, dice.happens(0.2) { giveLiar(&dice, dice.one(of: Lie.allCases)) }
        if lie == nil, dice.happens(0.1) { hurry(&dice) }
    }

    /// Workers add sums and pass on parameters among themselves.
    private mutating func scatter(_ dice: inout Dice) {
        reduction = dice.one(of: [.scatter, .groups])
        placement = Placement.allCases[Int(seed % 3)]
        sharesMemory = dice.happens(0.2)
        workers = Int.random(in: 2...5, using: &dice)
        shards = dice.one(of: [4, 4, 8])
        // Two levels need nodes below a group's, of several workers.
        if reduction == .groups { (shards, workers) = (dice.one(of: [8, 16]), Int.random(in: 3...6, using: &dice)) }
    }

    /// Things happen more often, as the run is shorter, and in half of all runs the faults end before most steps.
    private mutating func hurry(_ dice: inout Dice) {
        pace = .quick
        megabits = max(megabits, 1_000)
        mishaps = dice.one(of: [0.2, 1, 2])
        if dice.happens(0.5) { calmAt = dice.milliseconds(1_000...3_000) }
        lateness = dice.one(of: [0, 0.005, 0.02])
    }

    private mutating func giveLiar(_ dice: inout Dice, _ lie: Lie = .computing) {
        self.lie = lie
        audit = 1
        workers = Int.random(in: 3...5, using: &dice)
        mishaps = 0
        slowness = 1
        liarSlowness = dice.one(of: [1, 1, 10])
        breaks = 0
        lateness = 0
        megabits = 10_000
    }
}
