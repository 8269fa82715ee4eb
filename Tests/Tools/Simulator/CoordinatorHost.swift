import Cluster
import Contract
import Coordination
import Hashing
import Tensors
import Training

/// One coordinator process: carries out what the real state machine decides, on the real fold, optimizer, records and
/// checkpoints, over a simulated disk.
struct CoordinatorHost {
    /// What leaves it.
    enum Output {
        case message(Envelope<CoordinatorMessage>, Payload, to: Peer)
        /// Save what is to be saved next, off the critical path.
        case save
        /// A step was applied; the digest of the state after it, and the node sums that it was made of.
        case committed(step: Int, digest: String)
        /// It opened its directory again, at this step.
        case wentBack(to: Int, epoch: UInt64)
        case note(Notice)
        /// It used what it must not use, and why that is so.
        case mistaken(String)
        /// The process is over.
        case ended(RunFate)
    }

    private(set) var options: CoordinatorOptions
    private(set) var opening: RunOpening
    private(set) var state: CoordinatorState
    private(set) var training: RunState
    private var records: RunRecords
    private var partials: [UInt64: Sum] = [:]
    private var sums: [Int: Sum] = [:]
    /// Where workers of the machine find parameters, and of which step they are in which slot.
    private let memory: SimulatedMemory
    private let machine: SimulatedMachine
    private var stored: (step: Int?, slot: MemorySlot) = (nil, MemorySlot(index: 0, stamp: 0))
    private var memories: [Peer: SimulatedMemory] = [:]
    private var parameters: [Int: [Float]] = [:]
    /// What is not on the disk yet, in the order in which it is to get there.
    private var unsaved: [(checkpoint: Checkpoint, isBest: Bool)] = []
    /// Whether workers are to hear that the run is finished once everything is saved.
    private var isComplete = false
    private var saveDue: Duration
    private var fate: RunFate?
    private var sabotage: Sabotage?
    /// Everything that came, in the order in which it came; only a broken fold uses it.
    private var accumulated: [Float]?
    private var placed = 0
    private var outputs: [Output] = []
    private var events: [CoordinatorEvent] = []

    /// A sum that came, or one that lies in its worker's memory until it is used.
    private enum Sum {
        case here([Float])
        case stored(SimulatedMemory, MemorySlot, count: Int)

        /// Nil where a worker has written over it.
        var floats: [Float]? {
            switch self {
            case .here(let floats): floats
            case .stored(let memory, let slot, let count): memory.read(slot, count: count)
            }
        }
    }

    private let evaluatesInParts: Bool
    private static let savePeriod = Duration.seconds(2)
    static let chunkBytes = 64

    /// Opens the run directory as `tributary coordinator --resume` does.
    init(
        _ options: CoordinatorOptions, on machine: SimulatedMachine, audit: Double, reduction: Reduction,
        evaluatesInParts: Bool, sabotage: Sabotage?, at now: Duration
    ) throws {
        var options = options
        options.audit = audit
        options.reduction = reduction
        self.options = options
        self.sabotage = sabotage
        opening = try RunOpening(options)
        records = try opening.directory.records(resumingAt: opening.state, history: opening.history)
        training = opening.begin(options, records)
        self.machine = machine
        memory = machine.make(
            process: 0, slots: MemoryRegion.parameterSlots, slotBytes: Self.sizes(opening.program).parameterBytes)
        self.evaluatesInParts = evaluatesInParts
        state = CoordinatorState(Self.configuration(opening, options, memory, evaluatesInParts: evaluatesInParts))
        saveDue = now + Self.savePeriod
    }

    private static func configuration(
        _ opening: RunOpening, _ options: CoordinatorOptions, _ memory: SimulatedMemory, evaluatesInParts: Bool
    ) -> CoordinatorState.Configuration {
        var configuration = CoordinatorState.Configuration(
            run: opening.run, epoch: opening.epoch, contract: opening.contract, sizes: sizes(opening.program),
            timing: options.timing, audit: options.audit > 0 ? Audit(fraction: options.audit, key: 11) : nil,
            quarantined: opening.quarantined)
        configuration.memory = memory.region
        configuration.reduction = options.reduction
        configuration.givesEvaluationsInParts = evaluatesInParts
        return configuration
    }

    /// Chunks of a few floats, so that everything comes in pieces, and windows of a few chunks.
    private static func sizes(_ program: TrainingProgram) -> BulkSizes {
        BulkSizes(
            parameterBytes: 4 * (program.layout.parameters.count + program.layout.statistics.count),
            partialBytes: 4 * program.layout.partialCount, evaluationBytes: 4 * program.evaluationFormat.count,
            exampleBytes: program.bytesPerExample, chunkBytes: chunkBytes, windowBytes: 4 * chunkBytes)
    }

    // MARK: - Life

    mutating func begin(at now: Duration) -> [Output] {
        outputs = []
        if opening.checkpointPath == nil { save(at: now) }
        goOn(at: now)
        return drain(.nothing, at: now)
    }

    /// Its process is asked to end.
    mutating func interrupt(at now: Duration) -> [Output] {
        outputs = []
        events = []
        save(at: now)
        end("the run was interrupted", .interrupted)
        return drain(.nothing, at: now)
    }

    var isEnding: Bool { fate != nil }

    mutating func handle(_ event: CoordinatorEvent, _ payload: Payload, at now: Duration) -> [Output] {
        outputs = []
        events = [event]
        return drain(payload, at: now)
    }

    var hasUnsaved: Bool { !unsaved.isEmpty }

    /// Writes what is to be saved next, and says of which step it is unless it is the best. A disk that fails ends the run.
    mutating func writeNext(at now: Duration) -> (saved: Int?, outputs: [Output]) {
        outputs = []
        guard !unsaved.isEmpty else { return (nil, []) }
        let (checkpoint, isBest) = unsaved.removeFirst()
        do {
            if isBest { try records.saveBest(checkpoint) } else { _ = try records.save(checkpoint) }
            endIfComplete()
            return (isBest ? nil : checkpoint.state.step, drain(.nothing, at: now))
        } catch {
            unsaved = []
            fail(error)
            return (nil, drain(.nothing, at: now))
        }
    }

    private mutating func endIfComplete() {
        if isComplete, unsaved.isEmpty { end("all steps are done", .finished) }
    }

    private mutating func goOn(at now: Duration) {
        guard let round = training.nextRound else {
            save(at: now)
            isComplete = true
            return endIfComplete()
        }
        let inUse = state.stepsInUse
        parameters = parameters.filter { inUse.contains($0.key) }
        parameters[training.model.step] = training.model.parameters + training.model.statistics
        events.append(.begin(round))
    }

    private mutating func save(at now: Duration) {
        if state.stepInDoubt != nil { return }
        saveDue = now + Self.savePeriod
        unsaved.append((training.checkpoint, isBest: false))
        outputs.append(.save)
    }

    private mutating func end(_ sentence: String, _ fate: RunFate) {
        guard self.fate == nil else { return }
        self.fate = fate
        events.append(.stop(sentence, fate))
    }

    private mutating func fail(_ error: any Error) {
        end("\(error)", .failed)
    }

    private mutating func drain(_ payload: Payload, at now: Duration) -> [Output] {
        var payload = payload
        while !events.isEmpty {
            let event = events.removeFirst()
            for action in state.handle(event, at: now) {
                do {
                    try carryOut(action, payload, at: now)
                } catch {
                    fail(error)
                }
            }
            payload = .nothing
        }
        return outputs
    }

    /// The leases that are open, for sabotages that mix them up.
    private(set) var openLeases: [Peer: [CoordinatorMessage.Lease]] = [:]

    /// Takes a message, and says whether it carried a piece of a partial that counts.
    mutating func receive(
        _ envelope: Envelope<WorkerMessage>, _ payload: Payload, from peer: Peer, at now: Duration
    ) -> (all: [Output], tookPartial: Bool) {
        placed = 0
        let outputs = handle(.received(envelope, from: peer), payload, at: now)
        return (outputs, placed > 0)
    }

    // MARK: - Actions

    private mutating func carryOut(_ action: CoordinatorAction, _ payload: Payload, at now: Duration) throws {
        switch action {
        case .send(let message, let step, let peer):
            if case .lease(let lease) = message { openLeases[peer, default: []].append(lease) }
            send(message, step, .nothing, to: peer)
        case .transfer(let transfer, let peer): carryOut(transfer, peer)
        case .sums(let action): carryOut(action, payload)
        case .run(let action): try carryOut(action, at: now)
        case .bar, .turnAway: break  // nobody has a key here, or another port
        case .sendStatus, .takeSpans: break  // nobody looks on
        case .note(let notice): outputs.append(.note(notice))
        }
    }

    private mutating func carryOut(_ transfer: Transfer, _ peer: Peer) {
        switch transfer {
        case .parameters(let step, let offset, let bytes, let duties):
            guard let floats = parameters[step] else {
                return outputs.append(.mistaken("parameters of step \(step) were to be sent, which are gone"))
            }
            let piece = Array(floats[(offset / 4)..<((offset + bytes) / 4)])
            send(.parameters(offset: offset, bytes: bytes, duties: duties), step, .floats(piece), to: peer)
        case .storedParameters(let step): storeParameters(step, peer)
        case .rows(let split, let examples):
            let pixels = examples.flatMap { NumberedExamples.pixels($0, split) }
            send(.rows(.init(split: split, examples: examples, bytes: pixels.count)), 0, .bytes(pixels), to: peer)
        }
    }

    private mutating func carryOut(_ action: SumAction, _ payload: Payload) {
        switch action {
        case .openMemory(let region, let peer):
            memories[peer] = machine.open(region)
            events.append(.memoryOpened(peer))
        case .closeMemory(let peer): memories[peer] = nil
        case .place(let lease, let offset, let total): place(payload.floats, lease, offset / 4, total / 4)
        case .placeStored(let slot, let peer, let lease, _, let total):
            guard let memory = memories[peer] else { return }
            placed += 1
            partials[lease] = .stored(memory, slot, count: total / 4)
        case .commit(let lease, let node):
            close(lease)
            sums[node] = partials.removeValue(forKey: lease)
            if sabotage == .foldInArrivalOrder { accumulate(floats(of: node)) }
        case .drop(let lease): partials[lease] = nil
        case .discard(let node): sums[node] = nil
        case .fold(let node): join(node)
        case .hashNode(let round, let node):
            events.append(.nodeDigest(round, node: node, hash(floats(of: node))))
        case .hashLease(let round, let lease): compare(round, lease)
        }
    }

    private mutating func carryOut(_ action: RunAction, at now: Duration) throws {
        switch action {
        case .finished(let report): try finish(report, at: now)
        case .abandon(let sentence): end(sentence, .failed)
        case .quarantine(let name, let sentence):
            try QuarantineFile(directory: opening.directory.paths.directory, files: options.files).add(name, sentence)
        case .goBack(let step, _): try goBack(to: step, at: now)
        case .stopped: outputs.append(.ended(fate ?? .failed))
        }
    }

    private mutating func send(_ message: CoordinatorMessage, _ step: Int, _ payload: Payload, to peer: Peer) {
        let fence = Fence(run: opening.run, epoch: opening.epoch, step: step)
        outputs.append(.message(Envelope(message, fence: fence), payload, to: peer))
    }

    private mutating func place(_ floats: [Float], _ lease: UInt64, _ offset: Int, _ total: Int) {
        placed += 1
        var partial = partials[lease]?.floats ?? [Float](repeating: 0, count: total)
        partial.replaceSubrange(offset..<(offset + floats.count), with: floats)
        partials[lease] = .here(partial)
    }

    /// Two slots take turns, as in the real coordinator.
    private mutating func storeParameters(_ step: Int, _ peer: Peer) {
        if stored.step != step {
            let index = sabotage == .stampsIgnored ? 0 : 1 - stored.slot.index
            stored = (step, MemorySlot(index: index, stamp: stored.slot.stamp + 1))
            memory.begin(stored.slot)
            memory.write(parameters[step] ?? [], stored.slot.index)
        }
        send(.parametersStored(stored.slot), step, .nothing, to: peer)
    }

    private mutating func floats(of node: Int) -> [Float] {
        guard let sum = sums[node] else { return [] }
        if let floats = sum.floats { return floats }
        outputs.append(.mistaken("the sum of node \(node) was written over before it was used"))
        return []
    }

    private mutating func close(_ lease: UInt64) {
        openLeases = openLeases.mapValues { $0.filter { $0.identifier != lease } }.filter { !$0.value.isEmpty }
    }

    private mutating func join(_ node: Int) {
        var left = floats(of: 2 * node)
        let right = floats(of: 2 * node + 1)
        guard left.count == right.count else { return }
        fold(right, into: &left)
        (sums[2 * node], sums[2 * node + 1]) = (nil, nil)
        sums[node] = .here(left)
    }

    private func hash(_ sum: [Float]) -> [UInt8] {
        if sabotage == .differencesOverlooked { return [0] }
        var hash = SHA256()
        hash.update(sum)
        return hash.finalize().bytes
    }

    private mutating func compare(_ round: Round, _ lease: UInt64) {
        guard let late = partials.removeValue(forKey: lease).map(\.floats) ?? [] else {
            return events.append(.leaseDigest(round, lease: lease, nil))
        }
        if sabotage == .lateResultsCountToo, var root = sums[1]?.floats, root.count == late.count {
            fold(late, into: &root)
            sums[1] = .here(root)
        }
        events.append(.leaseDigest(round, lease: lease, hash(late)))
    }

    private mutating func accumulate(_ sum: [Float]) {
        guard var total = accumulated else { return accumulated = sum }
        fold(sum, into: &total)
        accumulated = total
    }

    private mutating func finish(_ report: RoundReport, at now: Duration) throws {
        var sum = floats(of: ReductionTree.root)
        if let accumulated { sum = accumulated }
        accumulated = nil
        sums = [:]
        switch report.round.kind {
        case .evaluation:
            _ = try training.record(evaluation: RootSum(sum), report, imagesPerSecond: 1)
            if let best = training.takeBest() {
                unsaved.append((best, isBest: true))
                outputs.append(.save)
            }
        case .training:
            _ = try training.apply(RootSum(sum), report, imagesPerSecond: 1)
            _ = try training.settle()
            outputs.append(.committed(step: report.round.step, digest: training.model.digest.description))
            try records.record(training.model)
            if now >= saveDue, !unsaved.contains(where: { !$0.isBest }), training.nextRound != nil { save(at: now) }
        }
        goOn(at: now)
    }

    private mutating func goBack(to step: Int, at now: Duration) throws {
        try opening.directory.goBack(to: step)
        opening = try opening.again(options)
        records = try opening.directory.records(resumingAt: opening.state, history: opening.history)
        training = opening.begin(options, records)
        var configuration = Self.configuration(opening, options, memory, evaluatesInParts: evaluatesInParts)
        configuration.reduction = state.reduction
        state = CoordinatorState(configuration)
        memories = [:]
        stored.step = nil
        partials = [:]
        sums = [:]
        parameters = [:]
        events = []
        unsaved = []
        isComplete = false
        outputs.append(.wentBack(to: training.model.step, epoch: opening.epoch))
        goOn(at: now)
    }
}
