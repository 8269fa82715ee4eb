import Coordination

/// Worker processes: their start, their end, and what they compute.
extension Simulation {
    mutating func startWorker(isLiar: Bool = false, isForeign: Bool = false) {
        let index = processes.count
        let name = "w\(index + 1)"
        var process = Process(host: host(name, index, defect: defect(isLiar, isForeign)), name: name)
        process.isLiar = isLiar
        process.isForeign = isForeign
        process.slowness = isLiar ? scenario.liarSlowness : index == 0 ? scenario.slowness : 1
        if process.slowness > 1 { strike(.workerSlow) }
        if isLiar, let lie = scenario.lie { strike(Self.fault(lie)) }
        if isForeign { strike(.foreignWorker) }
        processes.append(process)
        tell("\(name) starts\(isLiar ? ", and goes wrong" : "")\(isForeign ? ", built differently" : "")")
        if !isLiar { return begin(index) }
        processes[index].isAlive = false
        plan(.restartWorker(index), in: scenario.liarComesAt)
    }

    /// What is wrong with a worker that lies, or is built differently.
    private func defect(_ isLiar: Bool, _ isForeign: Bool) -> WorkerHost.Defect? {
        isForeign ? .init(.computing, error: 0.25) : isLiar ? scenario.lie.map { .init($0, error: 0.5) } : nil
    }

    private static func fault(_ lie: Scenario.Lie) -> Scenario.Fault {
        switch lie {
        case .computing: .wrongResult
        case .adding: .wrongAddition
        case .passingOn: .wrongParameters
        }
    }

    private mutating func host(_ name: String, _ index: Int, defect: WorkerHost.Defect?) -> WorkerHost {
        WorkerHost(
            // Every other worker is on a machine of its own, so that messages travel, too.
            run, on: index % 2 == 0 && scenario.sharesMemory ? machine : nil, name: name, process: index,
            threads: Int.random(in: scenario.threads, using: &dice), incarnation: dice.next(),
            door: "tcp://\(scenario.placement.host(of: index)):\(index + 1)", defect: defect,
            sabotage: sabotage)
    }

    private mutating func begin(_ index: Int) {
        processes[index].soundSince = now
        drive(index, .begin)
        if processes[index].life == 0 { plan(.workerTick(index), in: .milliseconds(250)) }
    }

    /// Starts a worker's command again, under the same name and in a new process.
    mutating func restartWorker(_ index: Int) {
        guard !processes[index].isAlive, !isOver else { return }
        let old = processes[index]
        tell("\(old.name) starts again")
        processes[index].host = host(old.name, index, defect: defect(old.isLiar, old.isForeign))
        processes[index].isAlive = true
        processes[index].soundSince = now
        processes[index].held = []
        drive(index, .begin)
        if old.life == 0 { plan(.workerTick(index), in: .milliseconds(250)) }
        processes[index].life += 1
    }

    mutating func drive(_ index: Int, _ event: WorkerEvent, _ payload: Payload = .nothing) {
        guard processes[index].isAlive else { return }
        if processes[index].isFrozen {
            if event != .tick { processes[index].held.append((event, payload)) }
            return
        }
        for output in processes[index].host.handle(event, payload, at: now) { carryOut(output, index) }
        for use in processes[index].host.takeUsed() { witness.used(use.round, use.shard, use.examples) }
        guard let ending = processes[index].host.ending, processes[index].isAlive else { return }
        tell("\(processes[index].name) ends: \(ending.sentence)")
        witness.ended(worker: processes[index].name, ending.end)
        processes[index].isAlive = false
        processes[index].life += 1
        // Whoever owns that machine does not read why it was refused.
        if processes[index].isLiar { plan(.restartWorker(index), in: .seconds(1)) }
    }

    private mutating func carryOut(_ output: WorkerHost.Output, _ index: Int) {
        let life = processes[index].life
        switch output {
        case .connect:
            connect(index)
        case .prepare(let probe):
            let found = processes[index].isForeign ? "another" : probe
            plan(.prepared(index, life: life, probe: found), in: dice.milliseconds(10...(isCalm ? 20 : 1_500)))
        case .compute(let leaf, let partial):
            let slowness = processes[index].slowness
            let time = dice.milliseconds(scenario.pace.leafTimes(isCalm: isCalm)) * slowness
            for chunk in 0..<processes[index].host.chunks(leaf.round.kind) {
                plan(
                    .chunkReady(index, life: life, leaf, partial, chunk: chunk),
                    in: time * Double.random(in: 0..<1, using: &dice))
            }
            plan(.computed(index, life: life, leaf, partial), in: time)
        case .message(let envelope, let payload, let isBulk): transmit(envelope, payload, from: index, isBulk: isBulk)
        case .introduce(let entries): introduce(entries, to: index)
        case .reconnect(let entry): openLine(from: index, to: entry.identity)
        case .toPeer(let envelope, let payload, let identity): transmit(envelope, payload, from: index, to: identity)
        case .answer(let envelope, let name): answer(envelope, from: index, over: name)
        case .forgot(let shard):
            if let peer = processes[index].peer { bytesSent.forget(shard, of: scenario.shards, by: peer) }
        case .dropped(let split, let examples):
            if let peer = processes[index].peer { bytesSent.forget(examples, of: split, by: peer) }
        case .note(let notice): tell("\(processes[index].name): \(notice)")
        }
    }

    /// A piece of the gradient that the last leaf of a node gives is there before the others are.
    mutating func beReady(_ chunk: Int, _ leaf: Leaf, _ partial: [Float], _ index: Int, _ life: Int) {
        guard processes[index].life == life, processes[index].isAlive, processes[index].host.isLast(leaf),
            let partial = processes[index].host.result(of: leaf, partial)
        else { return }
        processes[index].host.insert(partial, of: leaf)
        drive(index, .chunkReady(leaf, chunk: chunk))
    }

    mutating func finish(_ leaf: Leaf, _ partial: [Float], _ index: Int, _ life: Int) {
        guard processes[index].life == life, processes[index].isAlive else { return }
        guard let partial = processes[index].host.result(of: leaf, partial) else {
            return drive(index, .parametersOverwritten(leaf))
        }
        processes[index].host.insert(partial, of: leaf)
        drive(index, .leafFinished(leaf))
    }

    mutating func thaw(_ index: Int) {
        guard processes[index].isFrozen else { return }
        processes[index].isFrozen = false
        processes[index].soundSince = now
        let held = processes[index].held
        processes[index].held = []
        for (event, payload) in held { drive(index, event, payload) }
    }
}
