import Cluster
import Coordination
import Hashing
import Training

/// The coordinator's process: its start, its end, and what it says.
extension Simulation {
    /// Starts a coordinator as its user would, with the same command and `--resume`. A disk that fails makes him try again.
    mutating func startCoordinator() {
        coordinatorLife += 1
        if sabotage == .unverifiedCheckpoint { passFlippedCheckpoints() }
        var options = run.options
        options.files = disk
        // Not the first one, since nothing is there yet that could get lost.
        if scenario.diskFails, !isCalm, coordinatorLife > 1, dice.happens(0.2) {
            disk.die(after: Int.random(in: 1...30, using: &dice))
        }
        do {
            let host = try CoordinatorHost(
                options, on: machine, audit: scenario.audit, reduction: scenario.reduction,
                evaluatesInParts: scenario.evaluatesInParts, sabotage: sabotage, at: now)
            coordinator = host
            coordinatorSince = now
            lastRun = host.opening.run.description
            failedStarts = 0
            tell("the coordinator starts: epoch \(host.opening.epoch), step \(host.opening.state.step)")
            for skipped in host.opening.skipped { tell(skipped) }
            witness.opened(
                at: host.opening.state.step, digest: host.opening.state.digest.description, host.opening.epoch)
            witness.found(best: host.opening.history, on: disk.copy())
        } catch {
            tell("the coordinator cannot start: \(error)")
            failedStarts += 1
            if failedStarts > Self.mostFailedStarts { witness.accuse("the coordinator cannot start: \(error)") }
            return coordinatorDies(losingPower: disk.isDead && dice.happens(0.5))
        }
        replay()
        if let outputs = coordinator?.begin(at: now) { carryOut(outputs) }
        plan(.coordinatorTick(life: coordinatorLife), in: .milliseconds(250))
    }

    mutating func driveCoordinator(_ event: CoordinatorEvent, _ payload: Payload) {
        guard let outputs = coordinator?.handle(event, payload, at: now) else { return }
        if disk.isDead { return coordinatorDies(losingPower: dice.happens(0.5)) }
        carryOut(outputs)
    }

    /// Right after a tick nobody is a member who has been silent for too long.
    mutating func countMembers() {
        guard let host = coordinator, !host.isEnding else { return }
        let silence = run.options.timing.silence
        witness.counted(members: host.state.activeWorkers, talkative: lastHeard.values.count { now - $0 <= silence })
    }

    mutating func carryOut(_ outputs: [CoordinatorHost.Output]) {
        for output in outputs {
            switch output {
            case .message(let envelope, let payload, let peer): transmit(envelope, payload, to: peer)
            case .save: plan(.save(life: coordinatorLife), in: dice.milliseconds(1...(isCalm ? 5 : 300)))
            case .committed(let step, let digest): committed(step, digest)
            case .wentBack(let step, let epoch):
                tell("going back to step \(step), epoch \(epoch)")
                coordinatorLife += 1
                coordinatorSince = now
                plan(.coordinatorTick(life: coordinatorLife), in: .milliseconds(250))
                witness.wentBack(to: step, epoch)
                if let history = coordinator?.opening.history { witness.found(best: history, on: disk.copy()) }
            case .note(let notice): note(notice)
            case .mistaken(let sentence): witness.accuse(sentence)
            case .ended(let fate): ended(fate)
            }
        }
    }

    private mutating func committed(_ step: Int, _ digest: String) {
        tell("step \(step) committed: \(digest.prefix(12))")
        lastCommit = now
        if isCalm { commitsInCalm += 1 }
        witness.committed(step, digest)
        if let repetition = bytesSent.takeRepetition() { witness.accuse(repetition) }
    }

    private mutating func note(_ notice: Notice) {
        tell("coordinator: \(notice)")
        witness.noted(
            notice, liar: processes.firstIndex(where: \.isLiar).map { ($0, processes[$0].name, scenario.lie) })
        switch notice {
        case .undecided: startWorker()
        // The bound on a step's time is one on each of its computations.
        case .computedAgain: lastCommit = now
        default: break
        }
    }

    mutating func save() {
        guard let (saved, outputs) = coordinator?.writeNext(at: now) else { return }
        if disk.isDead { return coordinatorDies(losingPower: dice.happens(0.5)) }
        if let saved {
            tell("checkpoint of step \(saved) saved")
            witness.saved(saved)
        }
        carryOut(outputs)
    }

    /// The process is over by itself: all is done, or the disk has failed and somebody has to see to it, or it was asked to end.
    private mutating func ended(_ fate: RunFate) {
        let life = coordinatorLife
        while coordinatorLife == life, coordinator?.hasUnsaved == true { save() }
        guard coordinator != nil else { return }
        tell(fate == .finished ? "the run is over" : "the coordinator gives up")
        if fate != .finished { return coordinatorDies(losingPower: false) }
        coordinator = nil
        isOver = true
        witness.ended(disk)
    }

    mutating func coordinatorDies(losingPower: Bool) {
        if losingPower { strike(.powerFailure) }
        tell("the coordinator is dead\(losingPower ? ", its machine without power" : "")")
        coordinator = nil
        coordinatorLife += 1
        disk.crash(losingPower: losingPower, &dice)
        plan(.restartCoordinator, in: dice.milliseconds(isCalm ? 100...200 : 100...5_000))
    }

    /// What a reader sees who does not look at the seal: a checkpoint whose file was damaged has a state, too, but not the right
    /// one.
    private func passFlippedCheckpoints() {
        for path in disk.paths(in: "/run/checkpoints") where witness.isFlipped(path) {
            guard let step = Int(path.split(separator: "-").last?.prefix { $0.isNumber } ?? ""), step > 0,
                let bytes = try? witness.wrongCheckpoint(step, ofRun: lastRun).encode()
            else { continue }
            disk.put(bytes, path)
        }
    }
}
