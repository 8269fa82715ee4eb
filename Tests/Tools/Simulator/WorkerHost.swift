import Cluster
import Contract
import Coordination
import Tensors
import Training

/// One worker process: carries out what the real state machine decides, with the made-up gradient.
struct WorkerHost {
    /// What its actions lead to.
    enum Output {
        case connect
        case message(Envelope<WorkerMessage>, Payload, isBulk: Bool)
        /// Report that the contract's graph is built, after a while.
        case prepare(probe: String)
        /// Report the leaf, after a while.
        case compute(Leaf, [Float])
        /// It will need the shard's pixels again.
        case forgot(shard: Int)
        /// Pixels came after their shard was forgotten; it will need them again, too.
        case dropped(PixelSplit, [UInt32])
        /// Have connections to exactly these.
        case introduce([PeerEntry])
        case reconnect(PeerEntry)
        case toPeer(Envelope<PeerMessage>, Payload, to: [UInt8])
        case answer(Envelope<PeerMessage>, over: [UInt8])
        case note(Notice)
    }

    private struct Key: Hashable {
        var round: Round
        var node: Int
    }

    private struct Sum {
        var fold: TreeFold
        var membership: Int
        var slot: MemorySlot?
        var inserted: Set<Int> = []
    }

    private struct Reading {
        var slot: MemorySlot
        var pixels: [[UInt8]]
        var parameters: [Float]
    }

    /// A number that is wrong in what a machine does.
    struct Defect {
        let lie: Scenario.Lie
        let error: Float

        init(_ lie: Scenario.Lie, error: Float) {
            self.lie = lie
            self.error = error
        }
    }

    private(set) var state: WorkerState
    private let run: TinyRun
    /// What a machine does wrongly; nil for one that is sound.
    private let defect: Defect?
    private let sabotage: Sabotage?
    private var contract: Contract?
    private var pixels: [PixelSplit: [UInt32: [UInt8]]] = [:]
    private var arriving: [Float] = []
    /// Chunks of parameters that it passes on, of one step.
    private var passedOn: (step: Int, chunks: [Int: [Float]]) = (-1, [:])
    /// Pieces of sums that it adds, by node and place.
    private var pieces: [[Int]: [Float]] = [:]
    /// Everything that came for a place, in the order in which it came; only a broken fold uses it.
    private var accumulated: [Int: [Float]] = [:]
    private var parameters: [Float] = []
    private let machine: SimulatedMachine?
    private let process: Int
    /// The coordinator's memory, and where in it the parameters are, if they are there.
    private var coordinatorMemory: SimulatedMemory?
    private var stored: MemorySlot?
    private var memory: SimulatedMemory?
    /// Where leaves that run write to when they end.
    private var writing: [Leaf: SimulatedMemory] = [:]
    /// What leaves that run read.
    private var reading: [Leaf: Reading] = [:]
    /// What happened while an action was carried out.
    private var events: [WorkerEvent] = []
    private var sums: [Key: Sum] = [:]
    private var results: [Key: [Float]] = [:]
    /// The examples that went into the leaves of training rounds since they were last asked for.
    private(set) var used: [(round: Round, shard: Int, examples: [UInt32])] = []
    private(set) var ending: (sentence: String, end: WorkerEnd)?

    /// - Parameter machine: Where it shares memory with the coordinator; nil for a machine of its own.
    init(
        _ run: TinyRun, on machine: SimulatedMachine?, name: String, process: Int, threads: Int, incarnation: UInt64,
        door: String, defect: Defect?, sabotage: Sabotage?
    ) {
        self.run = run
        self.machine = machine
        self.process = process
        self.defect = defect
        self.sabotage = sabotage
        let hello = WorkerMessage.Hello(
            name: name, host: "simulated", process: process, threads: threads, incarnation: incarnation,
            door: door)
        state = WorkerState(.init(hello: hello, endpoint: "simulated", timing: run.options.timing))
    }

    mutating func handle(_ event: WorkerEvent, _ payload: Payload, at now: Duration) -> [Output] {
        var outputs = state.handle(event, at: now).compactMap { carryOut($0, payload) }
        while !events.isEmpty {
            let event = events.removeFirst()
            outputs += state.handle(event, at: now).compactMap { carryOut($0, .nothing) }
        }
        return outputs + dropped(of: event)
    }

    private func dropped(of event: WorkerEvent) -> [Output] {
        guard case .received(let envelope) = event, case .rows(let rows) = envelope.body else { return [] }
        return [.dropped(rows.split, rows.examples.filter { pixels[rows.split]?[$0] == nil })]
    }

    /// Adds a leaf's result to its node's sum, once, unless that was forgotten meanwhile.
    mutating func insert(_ partial: [Float], of leaf: Leaf) {
        let key = Key(round: leaf.round, node: leaf.node)
        guard sums[key]?.membership == leaf.membership, sums[key]?.slot == leaf.slot else { return scribble(leaf) }
        guard sums[key]?.inserted.insert(leaf.shard).inserted == true else { return }
        let node = run.contract.tree.leaf(ofShard: leaf.shard)
        sums[key]?.fold.insert(partial, at: node)
        guard let slot = leaf.slot, var sum = sums[key]?.fold.result else { return }
        spoil(&sum, .computing)
        memory?.write(sum, slot.index)
    }

    /// A thread does not hear that its leaf is forgotten, and writes where it was told to.
    private mutating func scribble(_ leaf: Leaf) {
        guard let slot = leaf.slot, let memory = writing.removeValue(forKey: leaf) else { return }
        memory.scribble(slot.index)
    }

    /// Whether everything but this leaf is in its node's sum, so that pieces of the sum are final before it is finished.
    func isLast(_ leaf: Leaf) -> Bool {
        guard let sum = sums[Key(round: leaf.round, node: leaf.node)], sum.membership == leaf.membership else {
            return false
        }
        return sum.inserted.union([leaf.shard]).count == run.contract.tree.shards(under: leaf.node).count
    }

    /// How many chunks a partial has.
    func chunks(_ kind: Round.Kind) -> Int {
        (4 * run.count(kind) + CoordinatorHost.chunkBytes - 1) / CoordinatorHost.chunkBytes
    }

    mutating func takeUsed() -> [(round: Round, shard: Int, examples: [UInt32])] {
        defer { used = [] }
        return used
    }

    private mutating func carryOut(_ action: WorkerAction, _ payload: Payload) -> Output? {
        switch action {
        case .connect: return .connect
        case .send(let envelope): return .message(envelope, .nothing, isBulk: false)
        case .sendBulk(let envelope): return .message(envelope, .nothing, isBulk: true)
        case .prepare(let contract, _, _):
            self.contract = contract
            return .prepare(probe: contract.probeDigest)
        case .beginParameters:
            let layout = run.program.layout
            arriving = Array(repeating: .nan, count: layout.parameters.count + layout.statistics.count)
        case .placeParameters(_, let offset):
            arriving.replaceSubrange(offset / 4..<(offset / 4 + payload.floats.count), with: payload.floats)
        case .keepParameters(let step, let offset):
            if step != passedOn.step { passedOn = (step, sabotage == .oldParametersPassedOn ? passedOn.chunks : [:]) }
            if sabotage != .oldParametersPassedOn || passedOn.chunks[offset] == nil {
                passedOn.chunks[offset] = payload.floats
            }
        case .useParameters:
            if sabotage == .firstParametersForEver, !parameters.isEmpty { return nil }
            parameters = arriving
            stored = nil
        case .openMemory(let region, let slots, let slotBytes): open(region, slots, slotBytes)
        case .useStoredParameters(_, let slot):
            if sabotage == .firstParametersForEver, !parameters.isEmpty { return nil }
            stored = slot
        case .placeRows(let split, let examples): store(payload.bytes, split, examples)
        case .forgetPixels(let shard):
            for split in PixelSplit.allCases {
                pixels[split] = pixels[split]?.filter { Int($0.key) % run.contract.shards != shard }
            }
            return .forgot(shard: shard)
        case .compute(let leaf): return compute(leaf)
        case .upload(let chunk): return upload(chunk)
        case .introduce(let entries): return .introduce(entries)
        case .reconnect(let entry): return .reconnect(entry)
        case .sendPeer(let envelope, let identity): return .toPeer(envelope, .nothing, to: identity)
        case .answerPeer(let envelope, let name): return .answer(envelope, over: name)
        case .sendPiece(let piece, let identity):
            return ownPiece(piece).map { .toPeer(peerEnvelope(.sum(piece), piece.round.step), $0, to: identity) }
        case .handOnPiece(let piece, let identity):
            let sum = pieces.removeValue(forKey: [piece.node, piece.offset])
            precondition(sum != nil, "a piece of node \(piece.node) is handed on that is not here")
            return sum.map { .toPeer(peerEnvelope(.sum(piece), piece.round.step), .floats($0), to: identity) }
        case .passParameters(let chunk, let identity):
            let message = PeerMessage.parameters(offset: chunk.offset, bytes: chunk.bytes, duties: chunk.duties)
            guard var floats = passedOn.chunks[chunk.offset] else { return nil }
            spoil(&floats, .passingOn)
            return .toPeer(peerEnvelope(message, chunk.step), .floats(floats), to: identity)
        case .keepPiece(let piece, let isOwn):
            let floats = isOwn ? ownPiece(piece)?.floats : payload.floats
            pieces[[piece.node, piece.offset]] = floats
            if sabotage == .piecesInArrivalOrder, let floats { accumulate(floats, piece.offset) }
        case .discardPiece(let piece): pieces[[piece.node, piece.offset]] = nil
        case .addPieces(let piece): add(piece)
        case .uploadPiece(let piece):
            guard var sum = pieces.removeValue(forKey: [piece.node, piece.offset]) else { return nil }
            if let accumulated = accumulated[piece.offset] { sum = accumulated }
            return .message(Envelope(.rootSum(piece), fence: fence(piece.round.step)), .floats(sum), isBulk: true)
        case .forgetPieces: (pieces, accumulated) = ([:], [:])
        case .forget(let round, let node):
            sums[Key(round: round, node: node)] = nil
            results[Key(round: round, node: node)] = nil
        case .tellSpans: break  // nobody looks on
        case .end(let sentence, let end): ending = (sentence, end)
        case .note(let notice): return .note(notice)
        }
        return nil
    }

    private var storedParameters: [Float]? {
        stored.flatMap { slot in
            coordinatorMemory.flatMap { $0.read(slot, count: $0.region.slotBytes / 4) }
        }
    }

    /// A thread may read stored parameters as late as this: the leaf's result, or nil where they were written over.
    mutating func result(of leaf: Leaf, _ partial: [Float]) -> [Float]? {
        guard let reading = reading[leaf] else { return partial }
        guard let memory = coordinatorMemory,
            let parameters = memory.read(reading.slot, count: memory.region.slotBytes / 4)
        else { return nil }
        if parameters == reading.parameters { return partial }
        return TinyRun.leaf(
            leaf.round, shard: leaf.shard, pixels: reading.pixels, parameters: parameters,
            count: run.count(leaf.round.kind))
    }

    private mutating func open(_ region: MemoryRegion, _ slots: Int, _ slotBytes: Int) {
        guard let machine, let found = machine.open(region) else { return }
        coordinatorMemory = found
        let own = machine.make(process: process, slots: slots, slotBytes: slotBytes)
        memory = own
        events.append(.memoryOpened(own.region))
    }

    private mutating func store(_ bytes: [UInt8], _ split: PixelSplit, _ examples: [UInt32?]) {
        let size = run.program.bytesPerExample
        for (index, example) in examples.enumerated() where bytes.count >= (index + 1) * size {
            guard let example else { continue }
            pixels[split, default: [:]][example] = Array(bytes[(index * size)..<((index + 1) * size)])
        }
    }

    private mutating func compute(_ leaf: Leaf) -> Output? {
        guard let contract else { return nil }
        if let floats = storedParameters { parameters = floats }
        var examples = TinyRun.examples(leaf.round, shard: leaf.shard, contract, run.program.plan)
        if sabotage == .anExampleTwice, examples.count > 1 { examples[1] = examples[0] }
        let rows = examples.map { pixels[leaf.round.kind.split]?[$0] ?? [] }
        if leaf.round.kind == .training {
            used.append((leaf.round, leaf.shard, rows.map { $0.isEmpty ? .max : NumberedExamples.example($0) }))
        }
        let key = Key(round: leaf.round, node: leaf.node)
        if sums[key] == nil {
            sums[key] = Sum(
                fold: TreeFold(contract.tree, target: leaf.node, format: run.format(leaf.round.kind)),
                membership: leaf.membership, slot: leaf.slot)
            if let slot = leaf.slot { memory?.begin(slot) }
        }
        if leaf.slot != nil { writing[leaf] = memory }
        if let stored { reading[leaf] = Reading(slot: stored, pixels: rows, parameters: parameters) }
        let partial = TinyRun.leaf(
            leaf.round, shard: leaf.shard, pixels: rows, parameters: parameters, count: run.count(leaf.round.kind))
        return .compute(leaf, partial)
    }

    private mutating func upload(_ chunk: WorkerMessage.PartialChunk) -> Output? {
        guard let floats = result(chunk.round, chunk.node, chunk.offset, chunk.bytes) else { return nil }
        return .message(Envelope(.partial(chunk), fence: fence(chunk.round.step)), .floats(floats), isBulk: true)
    }

    private mutating func ownPiece(_ piece: SumPiece) -> Payload? {
        result(piece.round, piece.node, piece.offset, piece.bytes).map { .floats($0) }
    }

    private mutating func result(_ round: Round, _ node: Int, _ offset: Int, _ bytes: Int) -> [Float]? {
        let key = Key(round: round, node: node)
        if results[key] == nil { results[key] = sums[key]?.fold.takeResult() }
        guard var sum = results[key] else { return nil }
        spoil(&sum, .computing)
        return Array(sum[(offset / 4)..<((offset + bytes) / 4)])
    }

    private mutating func accumulate(_ floats: [Float], _ offset: Int) {
        guard var total = accumulated[offset] else { return accumulated[offset] = floats }
        fold(floats, into: &total)
        accumulated[offset] = total
    }

    private mutating func add(_ piece: SumPiece) {
        guard var left = pieces.removeValue(forKey: [2 * piece.node, piece.offset]),
            let right = pieces.removeValue(forKey: [2 * piece.node + 1, piece.offset])
        else { preconditionFailure("a piece of node \(piece.node) is added before both children's are here") }
        guard left.count == right.count else { return }
        fold(right, into: &left)
        spoil(&left, .adding)
        pieces[[piece.node, piece.offset]] = left
    }

    private func spoil(_ floats: inout [Float], _ lie: Scenario.Lie) {
        if let defect, defect.lie == lie { floats[0] += defect.error }
    }

    private func fence(_ step: Int) -> Fence {
        var fence = state.currentFence
        fence.step = step
        return fence
    }

    private func peerEnvelope(_ message: PeerMessage, _ step: Int) -> Envelope<PeerMessage> {
        Envelope(message, fence: fence(step))
    }
}
