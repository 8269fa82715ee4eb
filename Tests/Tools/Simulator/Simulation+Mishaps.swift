import Coordination

/// Everything that strikes at random instants.
extension Simulation {
    mutating func mishapInterval() -> Duration {
        .seconds(Double.random(in: 0.2..<1.8, using: &dice) / scenario.mishaps)
    }

    mutating func mishap() {
        guard !isCalm, !isOver else { return }
        plan(.mishap, in: mishapInterval())
        switch Int.random(in: 0..<11, using: &dice) {
        case 0: killWorker()
        case 1: freezeWorker()
        case 2: join()
        case 3: leave()
        case 4: partition(.partition)
        case 5: partition(.oneWayPartition)
        case 6: deadenConnection()
        case 7, 8: if scenario.coordinatorDies { endCoordinator() }
        default: if scenario.diskFails { hurtDisk() }
        }
    }

    // MARK: - Workers

    private mutating func anyWorker() -> Int? {
        processes.indices.filter { processes[$0].isAlive }.randomElement(using: &dice)
    }

    private mutating func killWorker() {
        guard let index = anyWorker() else { return }
        strike(.workerKilled)
        tell("\(processes[index].name) is killed")
        processes[index].isAlive = false
        processes[index].isFrozen = false
        processes[index].life += 1
        guard dice.happens(0.6) else { return }
        strike(.workerRestarted)
        plan(.restartWorker(index), in: dice.milliseconds(50...4_000))
    }

    private mutating func freezeWorker() {
        guard let index = anyWorker() else { return }
        strike(.workerFrozen)
        tell("\(processes[index].name) is stopped")
        processes[index].isFrozen = true
        plan(.thaw(index), in: dice.milliseconds(100...6_000))
    }

    private mutating func join() {
        guard processes.count(where: \.isAlive) < 6 else { return }
        let isForeign = dice.happens(0.2)
        if !isForeign { strike(.workerJoins) }
        startWorker(isForeign: isForeign)
    }

    private mutating func leave() {
        guard let index = anyWorker() else { return }
        strike(.workerLeaves)
        drive(index, .leave("asked to"))
    }

    /// Cuts a worker off, or all of them, as a switch that starts anew does; each comes back at a time of its own.
    private mutating func partition(_ kind: Scenario.Fault) {
        guard let index = anyWorker() else { return }
        strike(kind)
        let isOneWay = kind == .oneWayPartition
        let isMute = !isOneWay || dice.happens(0.5)
        let isDeaf = !isOneWay || !isMute
        let indices = dice.happens(0.3) ? processes.indices.filter { processes[$0].isAlive } : [index]
        for index in indices {
            processes[index].isMute = isMute
            processes[index].isDeaf = isDeaf
            tell("\(processes[index].name) is cut off\(isOneWay ? ", one way" : "")")
            plan(.heal(index), in: dice.milliseconds(200...6_000))
        }
    }

    /// A connection is up and carries nothing any more, as behind a router that has forgotten it.
    private mutating func deadenConnection() {
        guard let index = anyWorker(), let peer = processes[index].peer else { return }
        strike(.deadConnection)
        let channel = dice.one(of: Connections.Channel.allCases)
        tell("the \(channel) connection of \(processes[index].name) leads nowhere any more")
        connections[peer]?.deaden(channel)
    }

    // MARK: - The coordinator and its disk

    private mutating func endCoordinator() {
        if dice.happens(0.3) { interruptCoordinator() } else { killCoordinator() }
    }

    private mutating func killCoordinator() {
        guard coordinator != nil else { return }
        strike(.coordinatorKilled)
        coordinatorDies(losingPower: dice.happens(0.5))
        if scenario.diskFails, dice.happens(0.4) { flipBit() }
    }

    /// Whoever works for it is told, and waits for the next one.
    private mutating func interruptCoordinator() {
        guard coordinator?.isEnding == false, let outputs = coordinator?.interrupt(at: now) else { return }
        strike(.coordinatorInterrupted)
        tell("the coordinator is asked to end")
        if disk.isDead { return coordinatorDies(losingPower: dice.happens(0.5)) }
        carryOut(outputs)
    }

    private mutating func hurtDisk() {
        switch Int.random(in: 0..<3, using: &dice) {
        case 0:
            tell("the disk fails")
            disk.failWrites(Int.random(in: 1...2, using: &dice))
        case 1:
            tell("the disk is full")
            disk.setFull(true)
            plan(.mendDisk, in: dice.milliseconds(200...3_000))
        default:
            guard coordinator != nil else { return }
            tell("the coordinator will die in a file operation")
            disk.die(after: Int.random(in: 1...12, using: &dice))
        }
    }

    /// Damages the newest checkpoint, as long as there is another that is whole.
    private mutating func flipBit() {
        let paths = disk.paths(in: "/run/checkpoints").filter { $0.contains("/step-") && $0.hasSuffix(".h5") }
        guard paths.count >= 2, !paths.contains(where: witness.isFlipped), let newest = paths.last else { return }
        tell("a bit of \(newest) flips")
        disk.flip(bit: Int.random(in: 0..<1_000_000, using: &dice), of: newest)
        witness.flipped(newest)
    }

    // MARK: - Calm

    /// The faults end, and whoever ran the cluster sees to it that it has workers.
    mutating func calm() {
        tell("the faults end")
        isCalm = true
        calmSince = now
        for peer in connections.keys { connections[peer]?.calm() }
        disk.heal()
        for index in processes.indices {
            heal(index)
            thaw(index)
        }
        if coordinator == nil { plan(.restartCoordinator, in: .zero) }
        seeToWorkers()
    }

    /// Now and then somebody looks whether there are workers left.
    mutating func seeToWorkers() {
        plan(.seeToWorkers, in: .seconds(5))
        if !processes.contains(where: { $0.isAlive && !$0.isForeign && !$0.isLiar }) { startWorker() }
    }
}
