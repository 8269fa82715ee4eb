import Contract

/// Who adds sums and passes on parameters besides the coordinator: chosen for each round from the workers that are there.
///
/// The holders of duties are those whom all workers reach. Where one of them, or a connection to one, is lost within a round, the round gets
/// other duties: leases are given anew to those who have them, who deliver again what they have computed. Only what the lost worker itself
/// computed is computed again.
extension CoordinatorState {
    /// Bytes of a door's address: a name has 253 at most.
    private static let longestAddress = 300

    // MARK: - Who is there

    /// Tells the workers of each other, so that they connect.
    mutating func introduceWorkers() {
        sharing.duties = nil
        let active = activeMembers
        guard mayScatter, active.contains(where: { $0.door != nil }) else { return }
        for member in active {
            let entries = active.map { $0.entry(for: member) }
            send(.peers(PeerTable(own: member.peer.identity, entries: entries)), to: member.peer)
        }
    }

    /// Where others reach a worker, and the key that it proves to own.
    mutating func locate(_ peer: Peer, at address: String, key: String) {
        guard address.hasPrefix("tcp://"), address.utf8.count <= Self.longestAddress else {
            return count(\.malformed, .malformed, of: peer)
        }
        members[peer]?.door = Member.Door(address: address, key: key)
    }

    var mayScatter: Bool { reduction != .star }

    /// How sums are added from now on.
    public var reduction: Reduction { sharing.isTrusted ? configuration.reduction : .star }

    mutating func take(reached identities: [[UInt8]], from peer: Peer) {
        members[peer]?.reach(Set(identities))
        guard let round = current, let scatter = round.scatter, let member = members[peer] else { return }
        let takesPart =
            scatter.duties.holders.contains(peer.identity) || round.leases.values.contains { $0.peer == peer }
        guard takesPart, !reaches(scatter.duties, member) else { return }
        abandonDuties(because: "\(member.name) has lost its connection to another worker")
    }

    private func reaches(_ duties: Duties, _ member: Member) -> Bool {
        member.toldDuties == duties.number
            && duties.holders.allSatisfy { $0 == member.peer.identity || member.reached.contains($0) }
    }

    /// Of those who could compute, the ones who reach everybody that adds sums in this round.
    func contributors(among workers: [Member]) -> [Member] {
        guard let duties = current?.scatter?.duties else { return workers }
        return workers.filter { reaches(duties, $0) }
    }

    // MARK: - Choosing

    /// Settles a training round's duties, and has its step's parameters passed on by those who hold them.
    mutating func chooseDuties() {
        guard let round = current?.round, round.kind == .training, let duties = dutiesOfNow() else { return }
        let scatter = scattered(duties)
        current?.scatter = scatter
        spreadParameters(of: round.step, under: duties)
    }

    private mutating func scattered(_ duties: Duties) -> ScatteredSum {
        defer { numbers.lease += 1 }
        current?.basis = .workers
        let names = members.values.filter { duties.holders.contains($0.peer.identity) }.map(\.name)
        current?.holders.formUnion(names)
        return ScatteredSum(duties, lease: numbers.lease, sizes: sizes)
    }

    /// The duties that the workers of now can have; nil for the star. They are told where that is new.
    private mutating func dutiesOfNow() -> Duties? {
        let holders = holders()
        guard !holders.isEmpty, disputes.isEmpty else {
            sharing.duties = nil
            sharing.starSince = sharing.starSince ?? now
            return nil
        }
        sharing.starSince = nil
        let groups = grouped(holders)
        let new = Duties(number: numbers.duties, groups: groups.map { $0.map(\.peer.identity) })
        if let duties = sharing.duties, duties.groups == new.groups { return duties }
        numbers.duties += 1
        sharing.duties = new
        for member in activeMembers {
            members[member.peer]?.toldDuties = new.number
            send(.duties(new), to: member.peer)
        }
        tell(groups.map { $0.map(\.name) })
        return new
    }

    /// Says who adds sums, where that is news.
    private mutating func tell(_ groups: [[String]]) {
        guard told.groups != groups else { return }
        told.groups = groups
        note(.scattered(groups))
    }

    /// Says that nobody but the coordinator adds sums any more. Whoever comes or goes makes it so for a moment, which is no news.
    mutating func noteStar() {
        if let since = sharing.starSince, now - since > timing.silence, isRunning { tell([]) }
    }

    /// The workers that all others reach, if there are two at least, and half of all; none for the star.
    private func holders() -> [Member] {
        guard mayScatter else { return [] }
        let active = activeMembers
        let holders = active.filter { member in
            member.door != nil && member.memory == nil && member.holdsNothingUntil <= now
                && active.allSatisfy { $0.peer == member.peer || $0.reached.contains(member.peer.identity) }
        }
        // Few would have to hold pieces of many.
        guard holders.count > 1, 2 * holders.count >= active.count else { return [] }
        if configuration.reduction == .auto, Set(holders.compactMap { $0.door?.host }).count < 2 { return [] }
        return holders
    }

    /// Holders above which a scatter has too many connections at work, and a chunk for hardly anybody.
    private static let largestScatter = 32

    /// The holders in groups of as many, or one more, those of a host side by side.
    private func grouped(_ holders: [Member]) -> [[Member]] {
        let hosts = hosts(of: holders)
        return hosts.flatMap { $0 }.divided(into: groups(of: holders.count, on: hosts))
    }

    /// How many groups holders form. Where each host has several, and all have as many, each host is one, so that its workers add their sums
    /// before anything leaves it; where holders are many, they form about the root of their number.
    private func groups(of holders: Int, on hosts: [[Member]]) -> Int {
        guard configuration.reduction != .scatter, sharing.ungroupedUntil <= now else { return 1 }
        let chunks = ChunkSet(total: sizes.partialBytes, chunkBytes: sizes.chunkBytes).count
        let largest = min(Self.largestScatter, chunks)
        let possible = sequence(first: 2) { $0 * 2 }.prefix { $0 <= min(holders, tree.leaves / 2) }
        let areAlike = hosts.allSatisfy { $0.count > 1 && $0.count == hosts[0].count }
        if areAlike, hosts.count <= largest, possible.contains(hosts.count) { return hosts.count }
        guard holders > largest || configuration.reduction == .groups else { return 1 }
        return possible.prefix { $0 == 2 || $0 * $0 <= holders }.last ?? 1
    }

    /// Workers by the host that others reach them at, in an order that stays when one of them leaves and comes again: where a host is in it says
    /// which shards its workers compute.
    private func hosts(of members: [Member]) -> [[Member]] {
        Dictionary(grouping: members) { $0.door?.host ?? "" }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The shards whose sums each worker's group adds in this round; none where there are no groups.
    var homes: [[UInt8]: Range<Int>] {
        guard let groups = current?.scatter?.duties.groups, groups.count > 1 else { return [:] }
        let homes = groups.enumerated().flatMap { number, group in
            group.map { ($0, tree.shards(under: groups.count + number)) }
        }
        return Dictionary(uniqueKeysWithValues: homes)
    }

    /// Each holder gets its chunks; they give them to each other. Where one has parameters of the step already, nobody passes them on.
    private mutating func spreadParameters(of step: Int, under duties: Duties) {
        let peers = orderedMembers.map(\.peer).filter { duties.holders.contains($0.identity) }
        guard peers.allSatisfy({ members[$0]?.parametersStep != step }) else { return }
        for peer in peers {
            let chunks = duties.chunks(of: peer.identity, among: sizes.parameterChunks.count)
            members[peer]?.parametersStep = step
            members[peer]?.resentStep = nil
            members[peer]?.outbox.enqueueParameters(step: step, chunks: chunks, duties: duties.number)
            pump(peer)
        }
    }

    /// A worker takes and passes on parameters of steps that the coordinator has spoken of, in a lease or with chunks of its own. Whoever has neither
    /// hears of the step this way.
    mutating func announceStep() {
        guard let round = current, let duties = round.scatter?.duties else { return }
        let busy = Set(round.leases.values.map(\.peer))
        for member in activeMembers where !busy.contains(member.peer) && member.toldDuties == duties.number {
            send(.heartbeat, to: member.peer)
        }
    }

    /// Says once of a worker that others have never reached it, a while after they could. One that they reach no more is stopped, or cut off.
    mutating func noteUnreachedDoors() {
        guard mayScatter, configuration.reduction != .auto || Set(activeMembers.compactMap(\.door?.host)).count > 1
        else {
            return
        }
        let settled = activeMembers.filter { now - $0.joined > timing.silence * 3 }
        for member in settled where !member.isToldUnreached {
            guard let door = member.door, !door.isLoopback else { continue }
            let others = settled.filter { $0.peer != member.peer && !$0.everReached.contains(member.peer.identity) }
            guard !others.isEmpty else { continue }
            members[member.peer]?.isToldUnreached = true
            note(.unreached(name: member.name, address: door.address, others: others.map(\.name)))
        }
    }

    // MARK: - Sums

    /// A worker's sum is where it is added: only sums of a round with duties are added anywhere else than here.
    mutating func take(_ delivery: WorkerMessage.Delivery, from peer: Peer) {
        guard let state = state(of: delivery.round), state.scatter != nil else {
            // It may have been on its way when the coordinator began to add by itself.
            let wasShared = self.state(of: delivery.round).map { $0.basis != .coordinator } ?? false
            return wasShared ? () : count(\.malformed, .malformed, of: peer)
        }
        guard let lease = state.leases[delivery.lease], lease.peer == peer,
            lease.node == delivery.node, lease.state == .live || lease.state == .moved
        else { return }
        update(delivery.lease, in: delivery.round) { $0.state = .delivered }
        members[peer]?.punctuality.deliver(leaseOf: lease.issued, inTime: lease.state == .live, at: now)
        members[peer]?.learn(leafTime: delivery.leafTime, in: delivery.round.kind)
        learn(from: lease, in: delivery.round.kind)
        expectRoot()
    }

    /// Once all sums are delivered, the root's pieces are on their way.
    private mutating func expectRoot() {
        guard let round = current, let scatter = round.scatter, scatter.due == nil, round.uncovered.isEmpty,
            !round.leases.values.contains(where: { $0.state == .live })
        else { return }
        let due = now + timing.silence
        current?.scatter?.due = due
    }

    /// A piece of the root's sum. After duties have changed, pieces of earlier ones still come, and count for nothing.
    mutating func take(root piece: SumPiece, from peer: Peer) {
        send(.credit(bytes: piece.bytes), to: peer)
        guard let round = current, var scatter = round.scatter, piece.round == round.round,
            piece.duties == scatter.duties.number, piece.node == ReductionTree.root,
            scatter.duties.holder(ofChunk: piece.offset / sizes.chunkBytes) == peer.identity,
            scatter.received.insert(offset: piece.offset, bytes: piece.bytes)
        else { return count(\.strayChunks, .stray, of: peer) }
        let pause = scatter.lastPiece.map { now - $0 } ?? .zero
        scatter.lastPiece = now
        if scatter.due != nil { scatter.due = now + max(timing.silence, pause * timing.deadlineFactor) }
        current?.scatter = scatter
        actions.append(.sums(.place(lease: scatter.lease, offset: piece.offset, total: sizes.partialBytes)))
        guard scatter.received.isComplete else { return }
        current?.commitRoot()
        actions.append(.sums(.commit(lease: scatter.lease, node: ReductionTree.root)))
        settle()
    }

    // MARK: - Changing

    /// Gives the round other duties, or none, and leases anew to those who have them.
    mutating func abandonDuties(because reason: String, forStar: Bool = false) {
        guard let round = current, let scatter = round.scatter, !round.isComplete else { return }
        actions.append(.sums(.drop(lease: scatter.lease)))
        sharing.duties = nil
        let new = forStar ? nil : dutiesOfNow()
        let scatterOfNow = new.map { scattered($0) }
        current?.scatter = scatterOfNow
        note(.dutiesAbandoned(round.round, reason: reason))
        // What is compared must not rest on what others passed on.
        if new == nil, configuration.audit != nil { addAgain() }
        renewLeases(of: round)
        leaseUncovered()
        chooseAuditsOfAbandoned()
    }

    /// Has the round's leases rest on what the coordinator sends from now on. What waits to be passed on does so no more.
    mutating func addAgain() {
        current?.basis = .coordinatorAgain
        for peer in members.keys {
            members[peer]?.resentStep = nil
            guard members[peer]?.outbox.parametersStep == current?.round.step else { continue }
            members[peer]?.outbox.dropParameters()
            members[peer]?.parametersStep = nil
        }
    }

    private mutating func chooseAuditsOfAbandoned() {
        guard let round = current, round.basis == .coordinatorAgain else { return }
        let nodes = round.leases.values.filter { $0.state == .live }.map(\.node)
        chooseAudits(among: nodes, in: round.round)
        leaseAudits()
    }

    private mutating func renewLeases(of round: RoundState) {
        let leases = round.leases.values.filter { $0.state != .lost }.sorted { $0.identifier < $1.identifier }
        for lease in leases { current?.leases[lease.identifier]?.state = .lost }
        for lease in leases where lease.state != .moved {
            guard let member = members[lease.peer], contributors(among: [member]).count == 1,
                let missing = current?.uncovered, tree.shards(under: lease.node).allSatisfy(missing.contains)
            else { continue }
            self.lease(lease.node, to: member, in: round.round, isCheck: false)
        }
    }

    /// Whoever adds sums and says nothing, or does not send what it adds, holds no duties for a while.
    mutating func replaceLateHolders() {
        guard let round = current, let scatter = round.scatter, !round.isFinished else { return }
        var late = orderedMembers.filter {
            scatter.duties.holders.contains($0.peer.identity) && $0.pulse.isWorrying(at: now, timing)
        }
        if let due = scatter.due, now > due {
            // Of two levels nobody can tell which is late; of one, somebody can.
            if scatter.duties.groups.count == 1 {
                late += orderedMembers.filter { scatter.debtors.contains($0.peer.identity) }
            } else if late.isEmpty {
                return ungroup()
            }
        }
        guard let first = late.first else { return }
        let rest = now + timing.reminder
        for member in late { members[member.peer]?.holdsNothingUntil = rest }
        abandonDuties(because: "\(first.name) is late with the sums that it adds")
    }

    private mutating func ungroup() {
        sharing.ungroupedUntil = now + timing.reminder
        abandonDuties(because: "sums do not get through the groups that add them")
    }
}

extension Array {
    /// Its elements in so many parts, each of as many or one more, none of which is empty.
    fileprivate func divided(into count: Int) -> [[Element]] {
        (0..<count).map { Array(self[$0 * self.count / count..<($0 + 1) * self.count / count]) }
    }
}
