/// The limits of every wait. All are durations; the defaults suit one machine and a local network.
public struct Timing: Sendable, Equatable {
    /// How often each side says that it is alive.
    public var heartbeat: Duration = .milliseconds(250)
    /// After so long without any message a worker's nodes are leased elsewhere, and a coordinator is looked for anew.
    public var silence: Duration = .seconds(5)
    /// How long a worker may take from its first message to its probe; compiling the model is part of it.
    public var joining: Duration = .seconds(300)
    /// The deadline of leases while nobody knows yet how long a leaf takes.
    public var firstDeadline: Duration = .seconds(120)
    /// No later deadline is shorter than this.
    public var shortestDeadline: Duration = .milliseconds(500)
    /// The shortest deadline of a worker's first result of a kind, since it may compile what it needs for it.
    public var shortestFirstDeadline: Duration = .seconds(5)
    /// Data that moves extends a lease's deadline, up to so long after the lease.
    public var longestTransfer: Duration = .seconds(600)
    /// A deadline is this many times what such a node took lately.
    public var deadlineFactor = 5
    /// After so long in which nothing of what was sent over a bulk link was taken, the link is given up.
    public var stall: Duration = .seconds(60)
    /// How long the links of a search are given at first; that doubles each time, up to `longestSearch`.
    public var firstSearch: Duration = .seconds(1)
    public var longestSearch: Duration = .seconds(30)
    /// How long a worker looks for its coordinator before it gives up.
    public var patience: Duration = .seconds(300)
    /// How long the coordinator waits for answers to its goodbye.
    public var farewell: Duration = .seconds(2)
    /// How long the coordinator waits for a worker while it has none.
    public var abandonment: Duration = .seconds(3_600)
    /// How often a lasting want of workers is repeated in the log.
    public var reminder: Duration = .seconds(60)

    /// What stands for no limit: some thirty years.
    public static let unlimited = Duration.seconds(1_000_000_000)

    public init() {}
}
