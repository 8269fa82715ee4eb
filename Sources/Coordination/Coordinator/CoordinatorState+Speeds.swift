import Contract

/// How fast workers are, so that unlike ones finish a round together.
extension CoordinatorState {
    /// How much sooner a round has to end before shards move for it, as a ratio and in seconds: other blocks may mean more
    /// uploads in each step.
    private static let worthwhileGain = (ratio: 1.25, seconds: 0.02)
    /// For how many rounds on end, since measurements scatter.
    private static let patience = 4

    /// How many leaves a second each worker computes, or a number in proportion to it.
    ///
    /// Who was not measured yet is taken for as fast, thread by thread, as the others are on average.
    func speeds(of workers: [Member], in kind: Round.Kind) -> [Double] {
        let measured = workers.map { $0.speeds[kind] }
        let threads = zip(workers, measured).reduce(0) { $1.1 == nil ? $0 : $0 + $1.0.threads }
        let perThread = threads == 0 ? 1 : measured.reduce(0) { $0 + ($1 ?? 0) } / Double(threads)
        return zip(workers, measured).map { $1 ?? perThread * Double($0.threads) }
    }

    /// Learns how long a leaf takes, from a lease that was fulfilled: on the whole, and for this worker.
    mutating func learn(from lease: LeaseRecord, in kind: Round.Kind) {
        let seconds = (now - lease.issued).inSeconds / Double(tree.shards(under: lease.node).count)
        leafTimes[kind] = leafTimes[kind].map { 0.75 * $0 + 0.25 * seconds } ?? seconds
        guard let threads = members[lease.peer]?.threads else { return }
        guard let speed = current?.speed(of: lease.peer, threads: threads, at: now) else { return }
        members[lease.peer]?.learn(speed: speed, in: kind)
    }

    /// The distribution that was made earlier for the same workers, unless for some rounds another would have been much better.
    mutating func keptAssignment(of kind: Round.Kind, over shares: [Assignment.Share]) -> CachedAssignment? {
        guard var cached = assignments[kind], cached.peers == shares.map(\.peer) else { return nil }
        cached.poorRounds = isPoor(cached, of: kind, over: shares) ? cached.poorRounds + 1 : 0
        assignments[kind] = cached
        return cached.poorRounds < Self.patience ? cached : nil
    }

    private func isPoor(_ cached: CachedAssignment, of kind: Round.Kind, over shares: [Assignment.Share]) -> Bool {
        guard shares.allSatisfy({ members[$0.peer]?.speeds[kind] != nil }) else { return false }
        let counts = shares.map { share in
            (cached.nodes[share.peer] ?? []).reduce(0) { $0 + tree.shards(under: $1).count }
        }
        let length = Assignment.length(counts, shares)
        let best = Assignment.length(Assignment.quotas(of: tree.leaves, for: shares), shares)
        return length > Self.worthwhileGain.ratio * best && length - best > Self.worthwhileGain.seconds
    }
}

extension RoundState {
    /// How many leaves a second a worker computed in this round, once it has delivered everything that it was given.
    ///
    /// Threads without a leaf in the last turn count as if they had one: with another share they would.
    func speed(of peer: Peer, threads: Int, at now: Duration) -> Double? {
        let own = leases.values.filter { $0.peer == peer }
        guard own.allSatisfy({ $0.state == .complete }), let begin = own.map(\.issued).min(), now > begin else {
            return nil
        }
        let leaves = own.reduce(0) { $0 + tree.shards(under: $1.node).count }
        let turns = (leaves + threads - 1) / threads
        return Double(turns * threads) / (now - begin).inSeconds
    }
}
