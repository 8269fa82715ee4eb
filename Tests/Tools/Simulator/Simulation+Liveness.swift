import Coordination

/// What has to happen soon: a limit that heals a run after minutes hides that nothing would go on without it.
///
/// The first bound always holds. The others begin when the last fault has ended: then every process and every connection is sound, or
/// known to be over, and nothing new strikes.
extension Simulation {
    /// From two sound connections to a membership: a *hello* each second, the model's preparation, and some heartbeats.
    private static let longestJoining = Duration.seconds(3)
    /// From anything at all, such as a connection that leads nowhere, to a membership.
    private static let longestRecovery = Duration.seconds(20)
    /// From one committed step to the next, for each time as long as a leaf takes that the slowest worker takes.
    private static let longestStep = Duration.seconds(12)

    mutating func checkLiveness() {
        guard let host = coordinator, !host.isEnding else { return }
        if let shards = host.state.orphanedShards, !shards.isEmpty {
            witness.accuse("nobody computes the shards \(shards), though workers are there")
        }
        if host.state.activeWorkers == 0 { lonelyAt = now }
        guard isCalm else { return }
        for index in processes.indices { checkMembership(of: index, at: host) }
        checkProgress()
    }

    private mutating func checkMembership(of index: Int, at host: CoordinatorHost) {
        guard let peer = processes[index].peer else { return }
        if host.state.isActive(peer) { processes[index].memberUntil = now }
        let process = processes[index]
        guard process.isAlive, !process.isForeign, !process.isLiar else { return }
        let sound = max(process.soundSince, process.memberUntil, calmSince, coordinatorSince)
        if now - sound > Self.longestRecovery {
            return witness.accuse("\(process.name) is no member \((now - sound).inSeconds) s after the last fault")
        }
        guard let connections = connections[peer], connections.isSound, let opened = connections.opensAt else { return }
        let waiting = now - max(sound, opened, connections.calmAt)
        if waiting > Self.longestJoining {
            witness.accuse("\(process.name) is no member after \(waiting.inSeconds) s over sound connections")
        }
    }

    private mutating func checkProgress() {
        let slowest = processes.filter { $0.isAlive }.map(\.slowness).max() ?? 1
        // As long as nobody is a member, `longestRecovery` says how long that may last.
        let pause = now - max(lastCommit, calmSince, coordinatorSince, lonelyAt)
        if pause > Self.longestStep * slowest {
            witness.accuse("no step was committed for \(pause.inSeconds) s, though nothing is wrong")
        }
        let began = max(calmSince, coordinatorSince, lonelyAt)
        if began != calmBegan { (calmBegan, commitsInCalm) = (began, 0) }
        let calm = now - began
        let average = scenario.pace.longestAverage(shards: scenario.shards) * slowest
        if calm > Self.longestRecovery + average * (commitsInCalm + 1) {
            witness.accuse("\(commitsInCalm) steps were committed in \(calm.inSeconds) s, though nothing is wrong")
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double { self / .seconds(1) }
}
