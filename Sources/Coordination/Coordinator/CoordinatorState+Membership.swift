import Contract

/// Joining, leaving, and being taken for dead.
extension CoordinatorState {
    /// Workers that one coordinator takes.
    static let memberLimit = 1_024

    mutating func greet(_ hello: WorkerMessage.Hello, from peer: Peer) {
        guard isRunning else { return sayGoodbye(to: peer) }
        if let sentence = trust.quarantined[peer.provenName ?? Notice.printable(hello.name)] {
            return send(.refused(sentence), to: peer)
        }
        guard members[peer] == nil else { return welcome(peer) }
        guard peer.identity.count <= WireFields.identityLimit else { return count(\.malformed, .malformed, of: peer) }
        guard replacesOldConnection(hello, of: peer) else { return }
        guard hasRoom(for: peer) else { return }
        let name = name(for: hello, of: peer)
        members[peer] = Member(hello, name: name, peer: peer, sizes: sizes, timing: timing, at: now)
        welcome(peer)
    }

    /// A worker that lost a connection comes back under a fresh identity, perhaps before anybody here knows that the old one is gone; and
    /// what it said over an earlier connection may come after that.
    private mutating func replacesOldConnection(_ hello: WorkerMessage.Hello, of peer: Peer) -> Bool {
        let old = members.values.first { $0.incarnation == hello.incarnation && $0.peer.provenName == peer.provenName }
        guard let old else { return true }
        guard old.connection < hello.connection else { return false }
        remove(old.peer, because: "it connects anew")
        return true
    }

    /// Whether another worker may come in; if necessary, and possible, one that is silent gives way to it.
    private mutating func hasRoom(for peer: Peer) -> Bool {
        if members.count >= Self.memberLimit {
            let limit = "this coordinator has \(members.count) workers and takes no more"
            guard makeRoom(for: peer, among: orderedMembers, limit) else { return false }
        }
        guard let name = peer.provenName else { return true }
        let fellows = orderedMembers.filter { $0.peer.provenName == name }
        guard fellows.count >= Self.membersOfAKey else { return true }
        let limit = "the key of \(name) has \(Self.membersOfAKey) workers and can have no more"
        return makeRoom(for: peer, among: fellows, limit)
    }

    /// A worker that has missed several heartbeats gives way. Where one has missed the last, the one that comes gets no answer yet, and
    /// says hello again soon; where none has, it is refused.
    private mutating func makeRoom(for peer: Peer, among members: [Member], _ limit: String) -> Bool {
        guard let quietest = members.min(by: { $0.heard < $1.heard }) else { return true }
        let silence = now - quietest.heard
        if silence > timing.heartbeat * 4 {
            remove(quietest.peer, because: "silent for \(silence.text), and another needs its place")
            return true
        }
        if silence > timing.heartbeat * 3 / 2 { return false }
        send(.refused(limit), to: peer)
        return false
    }

    /// A proven name, with a number where several workers have one key; else the wanted name where it is free, or the next
    /// number.
    private mutating func name(for hello: WorkerMessage.Hello, of peer: Peer) -> String {
        if let proven = peer.provenName { return numbered(proven) }
        let wanted = Notice.printable(hello.name)
        var name = wanted
        while name.isEmpty || trust.quarantined[name] != nil || members.values.contains(where: { $0.name == name }) {
            name = "worker-\(numbers.name)"
            numbers.name += 1
        }
        return name
    }

    /// A name of its own for each worker of one key: `node1`, `node1/2`, `node1/3`. No name in a list has a slash.
    private func numbered(_ name: String) -> String {
        let taken = Set(members.values.map(\.name))
        return taken.contains(name) ? (2...).lazy.map { "\(name)/\($0)" }.first { !taken.contains($0) } ?? name : name
    }

    private mutating func welcome(_ peer: Peer) {
        guard let member = members[peer] else { return }
        members[peer]?.hear(at: now)
        let welcome = CoordinatorMessage.Welcome(
            name: member.name, contract: contractText, parameterBytes: sizes.parameterBytes,
            partialBytes: sizes.partialBytes, evaluationBytes: sizes.evaluationBytes, exampleBytes: sizes.exampleBytes,
            chunkBytes: sizes.chunkBytes, windowBytes: sizes.windowBytes, memory: configuration.memory,
            givesDuties: mayScatter)
        send(.welcome(welcome), to: peer)
    }

    /// A worker can read this process's memory and has some itself: where that can be read here, nothing large travels.
    mutating func take(_ region: MemoryRegion, from peer: Peer) {
        guard let member = members[peer], member.offeredMemory != region else { return }
        guard configuration.memory != nil, member.offeredMemory == nil, region.holdsSums(sizes) else {
            return count(\.malformed, .malformed, of: peer)
        }
        members[peer]?.offeredMemory = region
        actions.append(.sums(.openMemory(region, of: peer)))
    }

    mutating func attach(_ peer: Peer) {
        switch members[peer]?.standing {
        case .welcomed: members[peer]?.standing = .attached
        case .proven: activate(peer)
        case .attached, .active, nil: break
        }
    }

    /// A worker says *attach* until it is accepted, so that is what *accepted* has to prove: both links have spoken.
    mutating func checkProbe(_ probe: String, of peer: Peer) {
        guard let member = members[peer] else { return }
        guard probe == configuration.contract.probeDigest else { return dismiss(peer, because: reason(against: probe)) }
        switch member.standing {
        case .welcomed: members[peer]?.standing = .proven
        case .attached: activate(peer)
        case .proven, .active: break
        }
    }

    private func reason(against probe: String) -> String {
        "its probe gives \(Notice.printable(probe).prefix(12)) where the contract has "
            + "\(configuration.contract.probeDigest.prefix(12)), so it would compute other bits; "
            + "use the same build of Tributary and oneDNN on the same kind of processor"
    }

    private mutating func activate(_ peer: Peer) {
        guard let member = members[peer] else { return }
        members[peer]?.standing = .active
        send(.accepted, to: peer)
        note(
            .joined(
                name: member.name, host: member.host, process: member.process, threads: member.threads,
                workers: activeWorkers))
        wait = nil
        told.lackOfAuditors = false
        introduceWorkers()
        leaseUncovered()
    }

    /// Tells a worker that it may not take part, and forgets it.
    mutating func dismiss(_ peer: Peer, because reason: String) {
        guard let member = members[peer] else { return }
        send(.refused(reason), to: peer)
        note(.refused(name: member.name, reason: reason))
        remove(peer, because: "refused")
    }

    /// Forgets a worker and leases its nodes to others.
    mutating func remove(_ peer: Peer, because reason: String) {
        guard let member = members.removeValue(forKey: peer) else { return }
        trust.forget(peer)
        closeMemory(of: member)
        if !isRunning { return finishStoppingIfAlone() }
        note(.gone(name: member.name, reason: reason, workers: activeWorkers))
        loseLeases(of: member, because: reason)
        if member.standing == .active { introduceWorkers() }
        if current?.scatter?.duties.holders.contains(peer.identity) == true {
            abandonDuties(because: "\(member.name) is gone")
        }
        leaseUncovered()
    }

    mutating func use(memoryOf peer: Peer) {
        let region = members[peer]?.offeredMemory
        members[peer]?.memory = region
    }

    private mutating func closeMemory(of member: Member) {
        if member.offeredMemory != nil { actions.append(.sums(.closeMemory(of: member.peer))) }
    }

    /// Tells all workers of a proven name that they may take part no more, and forgets them.
    mutating func expel(_ name: String, because reason: String) {
        for member in orderedMembers where member.peer.provenName == name {
            send(.refused(reason), to: member.peer)
            remove(member.peer, because: reason)
        }
    }

    mutating func removeSilentMembers() {
        for member in orderedMembers {
            let silence = now - member.heard
            if silence > timing.silence {
                remove(member.peer, because: "silent for \(silence.text)")
            } else if member.standing != .active, now - member.joined > timing.joining {
                remove(member.peer, because: "not ready after \((now - member.joined).text)")
            } else if member.window.stalled(at: now) > timing.stall {
                remove(
                    member.peer, because: "took nothing off its bulk link for \(member.window.stalled(at: now).text)")
            }
        }
    }

    /// Says who was welcomed and is not in yet, and what is missing.
    private mutating func remindOfThoseOutside() {
        for member in orderedMembers {
            guard let lack = member.lacks, now >= member.reminderDue else { continue }
            let next = now + timing.reminder
            members[member.peer]?.reminderDue = next
            note(
                .outside(
                    name: member.name, host: member.host, lacks: lack, seconds: Int((now - member.joined).inSeconds)))
        }
    }

    // MARK: - Ending

    mutating func stop(_ sentence: String, _ fate: RunFate) {
        guard isRunning else { return }
        phase = .stopping(Farewell(sentence: sentence, fate: fate, deadline: now + timing.farewell))
        for member in orderedMembers { sayGoodbye(to: member.peer) }
        finishStoppingIfAlone()
    }

    private mutating func sayGoodbye(to peer: Peer) {
        guard case .stopping(let farewell) = phase else { return }
        send(.goodbye(farewell.sentence, farewell.fate), to: peer)
    }

    mutating func finishStoppingIfAlone() {
        if case .stopping = phase, members.isEmpty { actions.append(.run(.stopped)) }
    }

    // MARK: - Time

    mutating func tick() {
        if case .stopping(let farewell) = phase { return endFarewell(farewell) }
        removeSilentMembers()
        moveOverdueLeases()
        beatHeart()
        remindOfThoseOutside()
        noteUnreachedDoors()
        noteStar()
        remindOfWaiting()
    }

    /// Whoever has not answered by now is waited for no more.
    private mutating func endFarewell(_ farewell: Farewell) {
        guard now >= farewell.deadline, !members.isEmpty else { return }
        members = [:]
        actions.append(.run(.stopped))
    }

    private mutating func beatHeart() {
        guard now >= heartbeatDue else { return }
        heartbeatDue = now + timing.heartbeat
        for member in orderedMembers { send(.heartbeat, to: member.peer) }
    }

    /// Says what the run waits for: any worker, or one that can decide.
    mutating func noteWaiting(seconds: Int) {
        guard let dispute = disputes.first, current?.isComplete == true else { return note(.waiting(seconds: seconds)) }
        note(.undecided(seconds: seconds, dispute.round, node: dispute.node, names: dispute.authors.sorted()))
    }

    private func waitingSentence(seconds: Int) -> String {
        guard let dispute = disputes.first, current?.isComplete == true else {
            return "no worker has been connected for \(seconds) s: start one and resume the run"
        }
        return
            "for \(seconds) s no worker has come that could decide about node \(dispute.node) in \(dispute.round), which "
            + "\(dispute.authors.sorted().joined(separator: ", ")) computed differently: resume the run with another worker"
    }

    private mutating func remindOfWaiting() {
        guard let wait else { return }
        let seconds = Int((now - wait.since).inSeconds)
        if now - wait.since > timing.abandonment {
            return actions.append(.run(.abandon(waitingSentence(seconds: seconds))))
        }
        guard now >= wait.reminderDue else { return }
        let next = now + timing.reminder
        self.wait?.reminderDue = next
        noteWaiting(seconds: seconds)
    }
}
