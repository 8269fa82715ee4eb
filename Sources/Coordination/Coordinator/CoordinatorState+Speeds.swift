import Contract

/// How fast workers are, so that unlike ones finish a round together.
///
/// What counts for a share is what a worker computes with: a leaf's time as the worker measures it. How long parameters and sums travel is
/// no reason to give it fewer shards, since they travel whatever its share is, and once more for each block that a share is cut into.
extension CoordinatorState {
    /// How much sooner a round has to end before shards move for it, as a ratio and in seconds.
    private static let worthwhileGain = (ratio: 1.25, seconds: 0.02)
    /// For how many rounds on end, since measurements scatter.
    private static let patience = 4

    /// What each worker brings. Those that were not measured yet are taken for as fast, thread by thread, as the others are on average.
    func shares(of workers: [Member], in kind: Round.Kind) -> [Assignment.Share] {
        let measured = workers.map { $0.speeds[kind] }
        let threads = zip(workers, measured).reduce(0) { $1.1 == nil ? $0 : $0 + $1.0.threads }
        let perThread = threads == 0 ? 1 : measured.reduce(0) { $0 + ($1 ?? 0) } / Double(threads)
        let homes = homes
        return zip(workers, measured).map { worker, speed in
            Assignment.Share(
                peer: worker.peer, speed: speed ?? perThread * Double(worker.threads),
                upload: threads == 0 ? 0 : worker.uploads[kind] ?? 0, holdings: worker.holdings[kind.split] ?? [],
                home: homes[worker.peer.identity] ?? 0..<0)
        }
    }

    /// Learns from a lease that was fulfilled how long a leaf takes with everything around it, for deadlines, and how long a sum takes to
    /// come.
    mutating func learn(from lease: LeaseRecord, in kind: Round.Kind) {
        let seconds = leafSeconds(lease)
        let isFirst = experience[kind]?.leafTime == nil
        experience[kind, default: .init()].learn(leafSeconds: seconds)
        members[lease.peer]?.learn(
            leafSeconds: seconds, upload: (now - (lease.firstChunk ?? now)).inSeconds, in: kind)
        if isFirst { shortenDeadlines(in: kind) }
    }

    /// The first result of a worker tells how long a leaf takes there, also where another was sooner: its next deadline is then a fair one.
    mutating func learnFirst(from lease: LeaseRecord, in kind: Round.Kind) {
        guard let member = members[lease.peer], member.leafTimes[kind] == nil else { return }
        let seconds = leafSeconds(lease)
        members[lease.peer]?.learn(
            leafSeconds: seconds, upload: (now - (lease.firstChunk ?? now)).inSeconds, in: kind)
    }

    private func leafSeconds(_ lease: LeaseRecord) -> Double {
        let turns = members[lease.peer].map { self.turns(of: $0, for: lease.node) } ?? 1
        return (now - lease.issued).inSeconds / Double(turns)
    }

    /// The distribution that was made earlier for the same workers and groups, or where there are none for a while, unless for some rounds another
    /// would have been much better.
    mutating func keptAssignment(of kind: Round.Kind, over shares: [Assignment.Share]) -> Experience.Assignment? {
        guard var cached = experience[kind]?.assignment, cached.peers == shares.map(\.peer),
            cached.homes == shares.map(\.home) || shares.allSatisfy(\.home.isEmpty)
        else { return nil }
        cached.poorRounds = isPoor(cached, of: kind, over: shares) ? cached.poorRounds + 1 : 0
        experience[kind]?.assignment = cached
        return cached.poorRounds < Self.patience ? cached : nil
    }

    private func isPoor(_ cached: Experience.Assignment, of kind: Round.Kind, over shares: [Assignment.Share]) -> Bool {
        guard shares.allSatisfy({ members[$0.peer]?.speeds[kind] != nil }) else { return false }
        let counts = shares.map { share in
            let nodes = cached.nodes[share.peer] ?? []
            return (shards: nodes.reduce(0) { $0 + tree.shards(under: $1).count }, nodes: nodes.count)
        }
        let length = Assignment.length(counts, shares)
        let best = Assignment.shortest(of: tree.leaves, for: shares).length
        return length > Self.worthwhileGain.ratio * best && length - best > Self.worthwhileGain.seconds
    }

    // MARK: - Those who were slow

    /// For how long a worker that was slow has no work until it is measured anew; twice as long after each time that it still was.
    private static let firstRest = Duration.seconds(30)

    /// Who was slow for a while, stopped or beside other work, may have a share of nothing, and is measured no more: it would be taken for slow
    /// for ever. So its speed is forgotten from time to time.
    mutating func measureIdleWorkersAnew() {
        guard let round = current, round.round.kind == .training else { return }
        let busy = Set(round.leases.values.map(\.peer))
        for member in activeMembers {
            if busy.contains(member.peer) {
                members[member.peer]?.idleSince = nil
                let isMeasured = member.speeds[.training] != nil
                if member.trials > 0, isMeasured, !isSlow(member) { members[member.peer]?.trials = 0 }
            } else if let since = member.idleSince {
                guard now - since >= Self.firstRest * (1 << min(member.trials, 7)), isSlow(member) else { continue }
                members[member.peer]?.forgetSpeed(in: .training)
                experience[.training]?.assignment = nil
            } else {
                members[member.peer]?.idleSince = now
            }
        }
    }

    /// Whether a thread of it was measured to be less than half as fast as those of others are on average.
    private func isSlow(_ member: Member) -> Bool {
        guard let speed = member.speeds[.training] else { return false }
        let others = activeMembers.filter { $0.peer != member.peer && $0.speeds[.training] != nil }
        let threads = others.reduce(0) { $0 + $1.threads }
        let total = others.reduce(0) { $0 + ($1.speeds[.training] ?? 0) }
        return threads > 0 && 2 * speed / Double(member.threads) < total / Double(threads)
    }
}
