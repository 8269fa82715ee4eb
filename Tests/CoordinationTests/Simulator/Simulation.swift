import Contract
import Coordination

/// What goes wrong in one simulated run.
struct Schedule {
    var seed: UInt64
    var workers = 2
    /// How many leaves each worker computes side by side.
    var threads = 1...2
    /// The part of messages that vanish while there are faults.
    var loss = 0.0
    /// How often in a second, on average, something is killed, frozen or started while there are faults.
    var mishaps = 0.0
    /// Whether mishaps strike the coordinator too.
    var coordinatorDies = false
    /// How many times as long as others the first worker takes for a leaf.
    var slowness = 1
    /// When the faults end; from then on everything works.
    var calmAt: Duration = .zero
}

/// One run under virtual time: the real decisions, a network that delays, drops and keeps order within a link, processes
/// that die and freeze. The seed fixes everything.
struct Simulation {
    enum Happening {
        case toCoordinator([UInt8], payload: [Int], from: Peer)
        case toWorker(Peer, [UInt8], payload: [Int])
        case worker(Int, WorkerEvent)
        case workerTick(Int)
        case coordinatorTick
        case mishap
        case thaw(Int)
        case restartCoordinator
    }

    struct Process {
        var worker: SimulatedWorker
        var peer: Peer?
        var isAlive = true
        var isFrozen = false
        /// What waits in the kernel until a frozen process goes on.
        var held: [(event: WorkerEvent, payload: [Int])] = []
    }

    let schedule: Schedule
    let contract: Contract
    let rounds: [Round]
    var generator: SeededGenerator
    var now: Duration = .zero
    var agenda = Agenda<Happening>()
    var processes: [Process] = []
    var coordinator: SimulatedCoordinator?
    var checkpoint: (done: Int, parameters: [Int], sums: [[Int]])
    var epoch: UInt64 = 0
    var linkFree: [[UInt8]: Duration] = [:]
    var notices: [String] = []
    var partialCounts: [Int] = []

    init(_ schedule: Schedule, contract: Contract, rounds: [Round]) {
        self.schedule = schedule
        self.contract = contract
        self.rounds = rounds
        generator = SeededGenerator(seed: schedule.seed)
        checkpoint = (0, Arithmetic.initialParameters(), [])
    }

    /// Runs to the end, and answers all sums and the last parameters; nil when it did not end in a simulated day.
    mutating func run() -> [[Int]]? {
        startCoordinator()
        for _ in 0..<schedule.workers { startWorker() }
        if schedule.mishaps > 0 { plan(.mishap, in: mishapInterval()) }
        while let next = agenda.takeNext(), now < .seconds(86_400) {
            now = next.time
            take(next.item)
            if let coordinator, coordinator.isStopped {
                notices += coordinator.notices
                return coordinator.sums + [coordinator.parameters]
            }
        }
        return nil
    }

    var isCalm: Bool { now >= schedule.calmAt }

    // MARK: - Time

    mutating func plan(_ happening: Happening, in delay: Duration) {
        agenda.insert(happening, at: now + delay)
    }

    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(Int.random(in: range, using: &generator))
    }

    // MARK: - Happenings

    private mutating func take(_ happening: Happening) {
        switch happening {
        case .toCoordinator(let bytes, let payload, let peer): deliver(bytes, payload, from: peer)
        case .toWorker(let peer, let bytes, let payload): deliver(bytes, payload, to: peer)
        case .worker(let index, let event): drive(index, event, [])
        case .workerTick(let index):
            drive(index, .tick, [])
            plan(.workerTick(index), in: .milliseconds(250))
        case .coordinatorTick:
            driveCoordinator(.tick, [])
            if coordinator != nil { plan(.coordinatorTick, in: .milliseconds(250)) }
        case .mishap: strike()
        case .thaw(let index): thaw(index)
        case .restartCoordinator: if coordinator == nil { startCoordinator() }
        }
    }

    private mutating func deliver(_ bytes: [UInt8], _ payload: [Int], from peer: Peer) {
        guard let envelope = try? Envelope<WorkerMessage>(decoding: bytes) else { return }
        driveCoordinator(.received(envelope, from: peer), payload)
    }

    private mutating func deliver(_ bytes: [UInt8], _ payload: [Int], to peer: Peer) {
        guard let index = processes.firstIndex(where: { $0.peer == peer }) else { return }
        guard let envelope = try? Envelope<CoordinatorMessage>(decoding: bytes) else { return }
        drive(index, .received(envelope), payload)
    }

    // MARK: - Processes

    mutating func startCoordinator() {
        epoch += 1
        coordinator = SimulatedCoordinator(contract: contract, rounds: rounds, epoch: epoch, from: checkpoint)
        transmit(coordinator?.begin(at: now) ?? [])
        plan(.coordinatorTick, in: .milliseconds(250))
    }

    mutating func startWorker() {
        let index = processes.count
        processes.append(
            Process(
                worker: SimulatedWorker(name: "", threads: Int.random(in: schedule.threads, using: &generator))))
        drive(index, .begin, [])
        plan(.workerTick(index), in: .milliseconds(250))
    }

    private mutating func driveCoordinator(_ event: CoordinatorEvent, _ payload: [Int]) {
        guard let outputs = coordinator?.handle(event, payload, at: now) else { return }
        if let coordinator { checkpoint = coordinator.checkpoint }
        partialCounts = coordinator?.partialCounts ?? []
        transmit(outputs)
    }

    private mutating func drive(_ index: Int, _ event: WorkerEvent, _ payload: [Int]) {
        guard processes[index].isAlive else { return }
        if processes[index].isFrozen {
            if event != .tick { processes[index].held.append((event, payload)) }
            return
        }
        for output in processes[index].worker.handle(event, payload, at: now) { carryOut(output, index) }
        if processes[index].worker.ending != nil { processes[index].isAlive = false }
    }

    private mutating func carryOut(_ output: SimulatedWorker.Output, _ index: Int) {
        switch output {
        case .connect:
            processes[index].peer = Peer((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
        case .prepared:
            let delay = milliseconds(isCalm ? 10...20 : 10...3_000)
            plan(.worker(index, .prepared(probe: contract.probeDigest)), in: delay)
        case .computed(let leaf, let chunks):
            let delay = milliseconds(isCalm ? 20...60 : 20...2_000) * (index == 0 ? schedule.slowness : 1)
            plan(.worker(index, .leafFinished(leaf)), in: delay)
            for chunk in 0..<chunks {
                plan(
                    .worker(index, .chunkReady(leaf, chunk: chunk)),
                    in: delay * Double.random(in: 0...1, using: &generator))
            }
        case .send(let envelope, let payload, let isBulk):
            guard let peer = processes[index].peer, !isLost() else { return }
            let link = peer.identity + [isBulk ? 1 : 0]
            plan(.toCoordinator(envelope.encoded, payload: payload, from: peer), in: delay(on: link))
        }
    }

    // MARK: - Network

    private mutating func transmit(_ outputs: [SimulatedCoordinator.Output]) {
        for output in outputs where !isLost() {
            let link = output.peer.identity + [output.isBulk ? 3 : 2]
            plan(.toWorker(output.peer, output.message.encoded, payload: output.payload), in: delay(on: link))
        }
    }

    private mutating func isLost() -> Bool {
        !isCalm && schedule.loss > 0 && Double.random(in: 0..<1, using: &generator) < schedule.loss
    }

    /// Messages of one link keep their order.
    private mutating func delay(on link: [UInt8]) -> Duration {
        let arrival = max(now + milliseconds(isCalm ? 1...2 : 1...100), linkFree[link] ?? .zero)
        linkFree[link] = arrival
        return arrival - now
    }

    // MARK: - Mishaps

    private mutating func mishapInterval() -> Duration {
        .seconds(Double.random(in: 0.2..<1.8, using: &generator) / schedule.mishaps)
    }

    private mutating func strike() {
        guard !isCalm else { return restoreAll() }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: if let index = processes.indices.randomElement(using: &generator) { processes[index].isAlive = false }
        case 1: freeze()
        case 2: if processes.count(where: \.isAlive) < 5 { startWorker() }
        case 3: if schedule.coordinatorDies { killCoordinator() }
        default: leave()
        }
        plan(.mishap, in: mishapInterval())
    }

    private mutating func freeze() {
        guard let index = processes.indices.randomElement(using: &generator) else { return }
        processes[index].isFrozen = true
        plan(.thaw(index), in: milliseconds(100...10_000))
    }

    private mutating func thaw(_ index: Int) {
        processes[index].isFrozen = false
        let held = processes[index].held
        processes[index].held = []
        for (event, payload) in held { drive(index, event, payload) }
    }

    private mutating func leave() {
        guard let index = processes.indices.randomElement(using: &generator) else { return }
        drive(index, .leave("asked to"), [])
    }

    private mutating func killCoordinator() {
        notices += coordinator?.notices ?? []
        coordinator = nil
        plan(.restartCoordinator, in: milliseconds(100...20_000))
    }

    /// When the faults end somebody has to be there to do the work.
    private mutating func restoreAll() {
        if coordinator == nil { plan(.restartCoordinator, in: .zero) }
        startWorker()
    }
}
