import Contract
import Coordination
import Foundation
import Logging
import Messaging
import Tensors
import Training

/// Runs a worker: looks for a coordinator, computes what it leases, and ends with a sentence.
///
///     let outcome = try WorkerProcess(options, log: log).run()
public final class WorkerProcess {
    private enum News: Sendable {
        case compute(ComputeThread.News)
        case lookedUp(Result<[Endpoint], MessagingError>)
        case interrupted(String)
    }

    private let options: WorkerOptions
    private let log: Logger
    private let interruption: Interruption
    private let clock = MonotonicClock()
    private let inbox: Inbox<News>
    private let endpoint: Endpoint
    private var context: Context?
    private var link: Link
    private var addresses: AddressBook
    private var state: WorkerState
    private let threads: [ComputeThread]
    private var idleThreads: Set<Int>
    private var workshop: Workshop?
    /// Threads that still compile, and what the probe gave.
    private var preparing = 0
    private var probe = ""
    private var arriving: ArrivingParameters?
    private var snapshot: Snapshot?
    /// Of earlier steps; threads may still have the newest of them.
    private var earlierSnapshots: [Snapshot] = []
    private var snapshots = 0
    private var pulseDue: Duration = .zero
    /// Where parameters are read, and where sums are written for the coordinator to read; if it is on this machine.
    private var coordinatorMemory: SharedMemory?
    /// The way to other workers, and from them; nil where none is anywhere else than on this machine.
    private var peers: PeerPost?
    /// What this worker adds for others, and what it passes on: chunks of the parameters of one step, by their places.
    private var pieces: PieceStore?
    private var passedOn: (step: Int, chunks: [Int: SharedMessage]) = (-1, [:])
    private var memory: OwnMemory?
    /// Whether a message could not be handed over while the last event was handled.
    private var isCutOff = false
    /// The same of other workers.
    private var lostPeers: [[UInt8]] = []
    private var outcome: WorkerOutcome?
    /// What this process does, for a coordinator that writes a trace.
    private let recorder: SpanRecorder
    private var doings = Doings()

    /// Since when what goes on over the links goes on.
    private struct Doings {
        /// The first and the last piece of a sum that left, and of which step.
        var sending: (since: Duration, until: Duration, step: Int)?
        /// Nothing is to be computed any more.
        var idleSince: Duration?
    }

    /// Starts the threads; nobody is contacted yet.
    /// - Throws: One sentence about the address.
    public init(_ options: WorkerOptions, log: Logger, interruption: Interruption = .signals) throws {
        let cores = options.cores
        precondition(
            cores.isEmpty || cores.count == options.threads, "\(cores.count) cores for \(options.threads) threads")
        self.options = options
        self.log = log
        self.interruption = interruption
        endpoint = try Endpoint(options.connect)
        let inbox = try Inbox<News>()
        self.inbox = inbox
        let recorder = SpanRecorder(clock)
        self.recorder = recorder
        let context = try Context()
        self.context = context
        try Link.check(endpoint, security: options.security.ofClient)
        link = try Link.idle(in: context)
        addresses = AddressBook(endpoint) { inbox.put(.lookedUp($0)) }
        let peers = endpoint.transport == .tcp ? Self.openDoor(options, endpoint, context, log) : nil
        self.peers = peers
        state = WorkerState(
            .init(
                hello: Self.hello(options, door: peers?.address ?? ""), endpoint: endpoint.description,
                timing: options.timing,
                memoryLimit: options.memoryLimit, outlivesCoordinator: options.outlivesCoordinator))
        threads = (0..<options.threads).map { index in
            ComputeThread(index, core: cores.isEmpty ? nil : cores[index], recorder) { inbox.put(.compute($0)) }
        }
        idleThreads = Set(0..<options.threads)
    }

    /// Without a door everything goes through the coordinator, which is right and slower.
    private static func openDoor(
        _ options: WorkerOptions, _ endpoint: Endpoint, _ context: Context, _ log: Logger
    ) -> PeerPost? {
        do {
            return try PeerPost(options.door, coordinator: endpoint, security: options.security, in: context)
        } catch {
            let isTaken = error.code == .addressInUse
            let reason = isTaken ? "port \(options.door.port) is taken; choose another with --peer-port" : "\(error)"
            log.warning(
                "other workers cannot reach this one, so that its gradients go through the coordinator: \(reason)")
            return nil
        }
    }

    private static func hello(_ options: WorkerOptions, door: String) -> WorkerMessage.Hello {
        WorkerMessage.Hello(
            name: options.name, host: ProcessInfo.processInfo.hostName,
            process: Int(ProcessInfo.processInfo.processIdentifier), threads: options.threads,
            incarnation: UInt64.random(in: 0 ... .max), door: door)
    }

    /// The most that last words take.
    private static let farewellMilliseconds = 500

    private static func freshIdentity() -> [UInt8] {
        [1] + (0..<15).map { _ in UInt8.random(in: 0...255) }
    }

    /// Works until the run is over, the coordinator stays away for too long, or somebody asks to end.
    public func run() throws -> WorkerOutcome {
        interruption.listen { [inbox] in inbox.put(.interrupted($0)) }
        try handle(.begin, Message([]))
        while outcome == nil { try turn() }
        for thread in threads { thread.end() }
        try sayGoodbye()
        return outcome ?? WorkerOutcome(sentence: "", end: .failed)
    }

    // MARK: - Events

    private func turn() throws {
        _ = try Poller.wait(
            control: link.control, bulk: link.bulk, doorbell: inbox.doorbell, others: peers?.sockets ?? [],
            atMost: .milliseconds(50))
        try drainSockets()
        try drainPeers()
        for failure in try link.takeFailures() { try handle(event(failure), Message([])) }
        for news in inbox.takeAll() { try take(news) }
        try handle(.tick, Message([]))
        pulse()
    }

    private func pulse() {
        guard clock.now >= pulseDue else { return }
        pulseDue = clock.now + .seconds(1)
        options.pulse()
    }

    private func event(_ failure: ConnectionFailure) -> WorkerEvent {
        switch failure {
        case .refused: .turnedAway(.byCoordinator)
        case .unproven: .turnedAway(.byStranger)
        case .otherMechanism:
            if case .keys = options.security { .turnedAway(.byKeyless) } else { .turnedAway(.forLackOfKeys) }
        case .lost: .disconnected
        }
    }

    private func drainSockets() throws {
        for _ in 0..<256 where outcome == nil {
            for _ in 0..<64 {
                guard let arrival = try Arrival.next(on: link.control) else { break }
                try take(arrival)
            }
            guard let arrival = try Arrival.next(on: link.bulk) else { return }
            try take(arrival)
        }
    }

    private func drainPeers() throws {
        guard outcome == nil, let peers else { return }
        for identity in try peers.takeLost() { try handle(.peerLost(identity), Message([])) }
        try peers.receive { envelope, payload, connection in
            try handle(.receivedFromPeer(envelope, connection), payload)
        }
    }

    private func take(_ arrival: consuming Arrival) throws {
        let envelope: Envelope<CoordinatorMessage>
        do throws(WireError) {
            envelope = try arrival.decoded(CoordinatorMessage.self)
        } catch {
            log.debug("malformed message: \(error)")
            return try handle(.malformed(error), Message([]))
        }
        try handle(.received(envelope), arrival.payload)
    }

    private func take(_ news: News) throws {
        switch news {
        case .interrupted(let reason): try handle(.leave("stopped by \(reason)"), Message([]))
        case .lookedUp(.success(let found)):
            addresses.take(found)
            try handle(.resolved, Message([]))
            try connect()
        case .lookedUp(.failure(let error)):
            addresses.take([])
            try handle(.unresolved("\(error)"), Message([]))
        case .compute(.finished(let leaf, let thread)):
            idleThreads.insert(thread)
            doings.idleSince = recorder.beginning
            try handle(.leafFinished(leaf), Message([]))
        case .compute(.chunksReady(let leaf, let chunks)):
            for chunk in chunks { try handle(.chunkReady(leaf, chunk: chunk), Message([])) }
        case .compute(.overwritten(let leaf, let thread)):
            idleThreads.insert(thread)
            try handle(.parametersOverwritten(leaf), Message([]))
        case .compute(.failed(let sentence)): try handle(.leafFailed(sentence), Message([]))
        case .compute(.unprepared(let workshop, let sentence)) where workshop === self.workshop:
            try handle(.unprepared(sentence), Message([]))
        case .compute(.prepared(let workshop, let probe)) where workshop === self.workshop: try takePrepared(probe)
        // Of another contract, which the worker had before it found this coordinator.
        case .compute(.unprepared), .compute(.prepared): break
        }
    }

    private func takePrepared(_ probe: String?) throws {
        self.probe = probe ?? self.probe
        preparing -= 1
        guard preparing == 0 else { return }
        try handle(.prepared(probe: self.probe, graphBytes: workshop?.graphBytes ?? 0), Message([]))
    }

    private func handle(_ event: WorkerEvent, _ payload: borrowing Message) throws {
        for action in state.handle(event, at: clock.now) { try carryOut(action, payload) }
        let lost = lostPeers
        lostPeers = []
        for identity in lost { try handle(.peerLost(identity), Message([])) }
        guard isCutOff else { return }
        isCutOff = false
        try handle(.disconnected, Message([]))
    }

    // MARK: - Actions

    private func carryOut(_ action: WorkerAction, _ payload: borrowing Message) throws {
        switch action {
        case .connect: try connect()
        case .send(let envelope): check(try link.control.send(Message(envelope.encoded)))
        case .sendBulk(let envelope): _ = try link.bulk.send(Message(envelope.encoded))
        case .prepare(let contract, let welcome, let graphBytes): try prepare(contract, welcome, graphBytes)
        case .beginParameters: beginParameters()
        case .placeParameters(_, let offset): arriving?.place(payload, at: offset / 4)
        case .keepParameters(let step, let offset): keepParameters(payload, step, offset)
        case .useParameters(let step):
            useParameters()
            noteWaiting(step)
        case .openMemory(let region, let slots, let slotBytes): try openMemory(region, slots, slotBytes)
        case .useStoredParameters(let step, let slot):
            useStoredParameters(slot)
            noteWaiting(step)
        case .placeRows(let split, let examples):
            let beginning = recorder.beginning
            workshop?.pixels.put(payload, split, examples)
            recorder.note(.pixels, since: beginning, lane: 0, step: state.currentFence.step)
        case .forgetPixels(let shard): workshop?.pixels.forget(shard: shard)
        case .compute(let leaf): compute(leaf)
        case .upload(let chunk): try upload(chunk)
        case .introduce(let entries): try peers?.introduce(entries)
        case .reconnect(let entry): try peers?.connect(entry)
        case .sendPeer(let envelope, let identity): _ = try peers?.send(envelope, to: identity)
        case .answerPeer(let envelope, let name): try peers?.answer(envelope, over: name)
        case .sendPiece(let piece, let identity): try send(piece, to: identity)
        case .handOnPiece(let piece, let identity): try handOn(piece, to: identity)
        case .passParameters(let chunk, let identity): try pass(chunk, to: identity)
        case .keepPiece(let piece, isOwn: true):
            if let message = workshop?.sums.message(piece.round, piece.node, at: piece.offset) {
                pieces?.keep(piece, message)
            }
        case .keepPiece(let piece, isOwn: false): pieces?.keep(piece, payload.shared())
        case .discardPiece(let piece): pieces?.discard(piece)
        case .addPieces(let piece): pieces?.add(piece)
        case .uploadPiece(let piece): try upload(piece)
        case .forgetPieces: pieces?.removeAll()
        case .forget(let round, let node): workshop?.sums.forget(round, node: node)
        case .tellSpans(let moment):
            let spans = recorder.take(asked: moment)
            check(
                try link.control.send(Message(Envelope(WorkerMessage.spans(spans), fence: state.currentFence).encoded)))
        case .end(let sentence, let end): outcome = WorkerOutcome(sentence: sentence, end: end)
        case .note(let notice): log.log(notice)
        }
    }

    /// While the coordinator's name is looked up nobody can be reached, and no old link is worth keeping.
    private func connect() throws {
        guard let context else { return }
        // What was said to a coordinator that ends leaves, though its link goes.
        try link.control.allowFarewell(milliseconds: Self.farewellMilliseconds)
        guard let address = addresses.next() else { return link = try Link.idle(in: context) }
        link = try Link.connecting(
            to: address, as: Self.freshIdentity(), in: context, security: options.security.ofClient)
    }

    private func prepare(_ contract: Contract, _ welcome: CoordinatorMessage.Welcome, _ graphBytes: Int) throws {
        do {
            let workshop = try Workshop(contract, welcome, options, graphBytes: graphBytes)
            self.workshop = workshop
            pieces = PieceStore(ChunkGrid(format: workshop.program.partialFormat, chunkBytes: welcome.chunkBytes))
            preparing = threads.count
            for (index, thread) in threads.enumerated() { thread.prepare(workshop, probes: index == 0) }
        } catch {
            try handle(.unprepared("\(error)"), Message([]))
        }
    }

    private func beginParameters() {
        guard let counts = workshop?.program.broadcastCounts else { return }
        arriving =
            takeSpareSnapshot().flatMap { ArrivingParameters(over: $0) } ?? ArrivingParameters(counts: counts)
    }

    private func keepParameters(_ payload: borrowing Message, _ step: Int, _ offset: Int) {
        if step != passedOn.step { passedOn = (step, [:]) }
        passedOn.chunks[offset] = SharedMessage(payload.shared())
    }

    /// The snapshot of an earlier step, if there is one that no thread has any more.
    private func takeSpareSnapshot() -> Snapshot? {
        if let snapshot = snapshot.take() { earlierSnapshots.append(snapshot) }
        for index in earlierSnapshots.indices where isKnownUniquelyReferenced(&earlierSnapshots[index]) {
            return earlierSnapshots.remove(at: index)
        }
        // One is loaded for training, one for evaluation.
        earlierSnapshots = earlierSnapshots.suffix(2)
        return nil
    }

    private func useParameters() {
        snapshots += 1
        snapshot = arriving.take().map { Snapshot($0, number: snapshots) }
    }

    /// Where memory cannot be shared everything travels over the links.
    private func openMemory(_ region: MemoryRegion, _ slots: Int, _ slotBytes: Int) throws {
        // Who is elsewhere has no memory that this process can read, whatever he says.
        guard endpoint.transport == .ipc else { return }
        do {
            coordinatorMemory = try SharedMemory(region)
            let memory = try OwnMemory(slots: slots, slotBytes: slotBytes)
            self.memory = memory
            try handle(.memoryOpened(MemoryRegion(memory)), Message([]))
        } catch let error as SharedMemoryError {
            log.notice("sums and parameters travel over the socket, which is slower: \(error)")
        }
    }

    private func useStoredParameters(_ slot: MemorySlot) {
        guard let counts = workshop?.program.broadcastCounts, let coordinatorMemory else { return }
        snapshots += 1
        snapshot = Snapshot(coordinatorMemory, slot, counts: counts, number: snapshots)
    }

    private func compute(_ leaf: Leaf) {
        // The first that is free: where each thread has one leaf, it is the same one step after step.
        guard let snapshot, let thread = idleThreads.min() else {
            preconditionFailure("\(leaf) starts without parameters or without a free thread")
        }
        idleThreads.remove(thread)
        workshop?.sums.expect(leaf, in: memory)
        threads[thread].compute(leaf, snapshot)
    }

    private func upload(_ chunk: WorkerMessage.PartialChunk) throws {
        guard let message = workshop?.sums.message(chunk.round, chunk.node, at: chunk.offset) else { return }
        let beginning = recorder.beginning
        try send(.partial(chunk), step: chunk.round.step, message)
        if let beginning { noteSending(chunk.round.step, since: beginning) }
    }

    private func noteSending(_ step: Int, since beginning: Duration) {
        let now = clock.now
        let first = doings.sending.flatMap { $0.step == step ? $0.since : nil } ?? beginning
        doings = Doings(sending: (first, now, step), idleSince: now)
    }

    /// The parameters of a step are here: what went before is over.
    private func noteWaiting(_ step: Int) {
        if let sending = doings.sending {
            recorder.note(.sending, since: sending.since, until: sending.until, lane: 0, step: sending.step)
        }
        recorder.note(.waitingForParameters, since: doings.idleSince, lane: 0, step: step)
        doings = Doings()
    }

    /// Sends a piece of the root's sum, which was added here.
    private func upload(_ piece: SumPiece) throws {
        guard let message = pieces?.take(piece) else { return }
        try send(.rootSum(piece), step: piece.round.step, message)
    }

    /// Sends a message and what it announces over the bulk link.
    private func send(_ message: WorkerMessage, step: Int, _ payload: consuming Message) throws {
        let outcome = try link.bulk.send(Message(Envelope(message, fence: fence(step)).encoded), more: true)
        check(outcome)
        if outcome == .sent { _ = try link.bulk.send(payload) }
    }

    private func send(_ piece: SumPiece, to identity: [UInt8]) throws {
        guard let message = workshop?.sums.message(piece.round, piece.node, at: piece.offset) else { return }
        let beginning = recorder.beginning
        try send(.sum(piece), step: piece.round.step, message, to: identity)
        if let beginning { noteSending(piece.round.step, since: beginning) }
    }

    private func handOn(_ piece: SumPiece, to identity: [UInt8]) throws {
        guard let message = pieces?.take(piece) else { return }
        try send(.sum(piece), step: piece.round.step, message, to: identity)
    }

    private func pass(_ chunk: PassedParameters, to identity: [UInt8]) throws {
        guard chunk.step == passedOn.step, let message = passedOn.chunks[chunk.offset]?.copy() else { return }
        try send(
            .parameters(offset: chunk.offset, bytes: chunk.bytes, duties: chunk.duties), step: chunk.step, message,
            to: identity)
    }

    /// A connection that takes nothing is lost, with all that was to leave over it.
    private func send(
        _ message: PeerMessage, step: Int, _ payload: consuming Message, to identity: [UInt8]
    ) throws {
        let envelope = Envelope(message, fence: fence(step))
        guard try peers?.send(envelope, payload, to: identity) == false else { return }
        lostPeers.append(identity)
    }

    private func fence(_ step: Int) -> Fence {
        var fence = state.currentFence
        fence.step = step
        return fence
    }

    /// A link that takes no message has no connection, or one that leads nowhere.
    private func check(_ outcome: Socket.Outcome) {
        if outcome != .sent { isCutOff = true }
    }

    /// The last words leave before the process does.
    private func sayGoodbye() throws {
        try link.control.allowFarewell(milliseconds: Self.farewellMilliseconds)
        guard let context else { return }
        link = try Link.idle(in: context)
        peers = nil
        self.context = nil
    }
}
