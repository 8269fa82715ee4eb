import Contract
import Coordination
import Hashing
import Logging
import Messaging
import Tensors
import Training
import WallTime

/// Runs a coordinator: listens for workers, hands out leases, folds what they send, and keeps the run.
///
///     let outcome = try CoordinatorProcess(options, reporter: bar, log: log).run()
public final class CoordinatorProcess {
    private enum News: Sendable {
        case archivist(Archivist.News)
        case pixels(PixelReader.News)
        case interrupted(String)
        case forsaken(String)
    }

    private let options: CoordinatorOptions
    private let reporter: any RunReporter
    private let log: Logger
    private let interruption: Interruption
    private let clock = MonotonicClock()
    private let inbox: Inbox<News>
    private let endpoint: Endpoint
    private var opening: RunOpening
    private var archivist: Archivist
    private let reader: PixelReader
    private var readingList = ReadingList()
    /// What pictures are compared with.
    private let originals: [UInt8]
    private let gate: Gate
    private let post: CoordinatorPost
    private let address: AddressFile
    /// Decides which work is given out twice; no worker knows it.
    private let auditKey: UInt64
    private var training: RunState
    private var state: CoordinatorState
    private var sums: SumStore
    private var outgoing: OutgoingParameters
    /// The memory of workers of this machine.
    private var memories: [Peer: SharedMemory] = [:]
    private var traffic = Traffic()
    private var trafficOfEarlierRounds = Traffic()
    private var queue: [CoordinatorEvent] = []
    private var pace: Pace
    private var checkpointDue: Duration = .zero
    private var pulseDue: Duration = .zero
    /// What those who look on are shown.
    private var ledger = Ledger()
    private var statusDue: Duration = .zero
    private var answersLeft = 0
    private var spansDue: Duration = .zero
    private var roundBegan: Duration = .zero
    /// The state that is to be on the disk next, and is not yet.
    private var unsavedStep: Int?
    /// What workers are told once it is.
    private var farewell: String?
    private var newestCheckpoint: String?
    private let bestProblem: String?
    /// Why no worker will come any more, if that is so.
    private var forsaken: String?
    /// Since when no worker is here.
    private var absentSince: Duration?
    private var ending: RunOutcome.Reason?
    private var isStopped = false
    private var failure: (any Error)?
    /// How many steps were applied when this process began.
    private let firstStep: Int
    private var audits = Audits()

    /// How many nodes were to be computed twice, and how many were.
    private struct Audits {
        var done = 0
        var chosen = 0

        mutating func add(_ counters: CoordinatorState.Counters) {
            done += counters.audited
            chosen += counters.audited + counters.unaudited
        }
    }

    /// Opens the run directory and listens.
    ///
    /// - Parameters:
    ///   - reporter: Is told what happens.
    ///   - log: Gets every lease that moves and every worker that comes or goes.
    ///   - interruption: Ends the run early, with a checkpoint.
    /// - Throws: One sentence about the directory, the data, the contract or the address.
    public init(
        _ options: CoordinatorOptions, reporter: any RunReporter, log: Logger, interruption: Interruption = .signals
    ) throws {
        self.options = options
        self.reporter = reporter
        self.log = log
        self.interruption = interruption
        endpoint = try Endpoint(options.listen)
        do {
            try Link.checkAvailability(of: endpoint, security: Gate.socketSecurity(options.security))
        } catch {
            // Where a coordinator of the same run has the address, its directory says so better.
            try RunDirectory.requireFree(options.directory, files: options.files)
            throw error
        }
        inbox = try Inbox()
        opening = try RunOpening(options)
        firstStep = opening.state.step
        originals = try EpochPictures.originals(of: options.source)
        let auditKey = UInt64.random(in: 0 ... .max)
        self.auditKey = auditKey
        let records = try opening.directory.records(resumingAt: opening.state, history: opening.history)
        training = opening.begin(options, records)
        bestProblem = records.bestProblem
        address = AddressFile(directory: opening.directory.paths.directory)
        var configuration = Self.configuration(opening, options, auditKey)
        outgoing = OutgoingParameters(
            configuration.sizes, memory: Self.memory(for: endpoint, configuration.sizes, log))
        configuration.memory = outgoing.memory.map { MemoryRegion($0) }
        state = CoordinatorState(configuration)
        sums = Self.sumStore(training.program, configuration)
        pace = Pace(
            imagesPerStep: training.program.plan.globalBatch, examples: training.program.evaluation.examples)
        let context = try Context()
        gate = try Gate(options.security, in: context, log: log)
        post = CoordinatorPost(
            try Link.listening(on: endpoint, in: context, security: gate.socketSecurity), run: opening.run,
            epoch: opening.epoch)
        archivist = Self.archivist(opening, records, originals, options, inbox)
        reader = PixelReader(options.source, for: opening.program) { [inbox] in inbox.put(.pixels($0)) }
    }

    private static func sumStore(
        _ program: TrainingProgram, _ configuration: CoordinatorState.Configuration
    ) -> SumStore {
        SumStore(
            training: program.partialFormat, evaluation: program.evaluationFormat,
            chunkBytes: configuration.sizes.chunkBytes)
    }

    /// Two slots for parameters that workers of this machine read. Where that fails everything travels over the sockets.
    private static func memory(for endpoint: Endpoint, _ sizes: BulkSizes, _ log: Logger) -> OwnMemory? {
        guard endpoint.transport == .ipc else { return nil }
        do throws(SharedMemoryError) {
            return try OwnMemory(slots: MemoryRegion.parameterSlots, slotBytes: sizes.parameterBytes)
        } catch {
            log.notice("parameters and sums travel over the sockets, which is slower: \(error)")
            return nil
        }
    }

    private static func archivist(
        _ opening: RunOpening, _ records: RunRecords, _ originals: [UInt8], _ options: CoordinatorOptions,
        _ inbox: Inbox<News>
    ) -> Archivist {
        Archivist(
            records, samples: opening.directory.paths.samples, program: opening.program, engine: options.engine,
            originals: originals
        ) { inbox.put(.archivist($0)) }
    }

    private static func configuration(
        _ opening: RunOpening, _ options: CoordinatorOptions, _ auditKey: UInt64
    ) -> CoordinatorState.Configuration {
        let sizes = BulkSizes(
            parameterBytes: 4 * opening.program.broadcastCounts.reduce(0, +),
            partialBytes: opening.program.partialFormat.bytes, evaluationBytes: opening.program.evaluationFormat.bytes,
            exampleBytes: opening.program.bytesPerExample)
        var configuration = CoordinatorState.Configuration(
            run: opening.run, epoch: opening.epoch, contract: opening.contract, sizes: sizes, timing: options.timing,
            audit: options.audit > 0 ? Audit(fraction: options.audit, key: auditKey) : nil,
            quarantined: opening.quarantined)
        configuration.forgivenOffences = options.forgivenOffences
        configuration.reduction = options.reduction
        return configuration
    }

    /// What was dropped so far; to be asked on the thread that runs it, or afterwards.
    var counters: CoordinatorState.Counters { state.counters }

    /// Whether nothing is left to compute.
    var isComplete: Bool { training.nextRound == nil }

    /// Trains until all steps are done, or until somebody asks to end. A checkpoint of the last state is then on the disk.
    ///
    /// - Throws: `DivergedError`, or a sentence about the disk or the data. What was saved before is intact.
    public func run() throws -> RunOutcome {
        try address.write(endpoint.description)
        defer { address.remove() }
        options.lookout.write(into: opening.directory.paths.directory)
        defer { options.lookout.finish() }
        defer { reader.finish() }
        interruption.listen { [inbox] in inbox.put(.interrupted($0)) }
        start()
        while !isStopped {
            try turn()
        }
        archivist.finish()
        takeNews()
        // Nobody could decide about a sum of this step: what used it may be wrong, and is not gone on from.
        if let step = state.stepInDoubt { try opening.directory.goBack(to: step) }
        if let failure { throw failure }
        tellAudits()
        return outcome()
    }

    /// An audit that checked less than it was to is not to be taken for one that found nothing.
    private func tellAudits() {
        audits.add(state.counters)
        guard options.audit > 0, training.model.step > firstStep, audits.done == 0 || audits.done < audits.chosen else {
            return
        }
        tell(.audits(audits.done, of: audits.chosen))
    }

    // MARK: - Beginning and ending

    private func start() {
        reporter.report(.started(RunSummary(opening, training, address: endpoint.description)))
        if let bestProblem {
            tell("the best checkpoint cannot be used and is replaced after the next evaluation: \(bestProblem)")
        }
        newestCheckpoint = opening.checkpointPath
        if opening.checkpointPath == nil { save() }
        checkpointDue = clock.now + options.checkpointEvery
        goOn()
    }

    /// Begins the next round, or ends the run.
    private func goOn() {
        guard ending == nil else { return }
        if let moment = training.takePictures(at: clock.now) {
            settle()
            guard failure == nil else { return }
            archivist.draw(moment, training.model, training.history)
            reporter.report(.drawing(moment))
        }
        guard let round = training.nextRound else {
            if let sentence = training.earlyEnd { reporter.report(.stoppedEarly(sentence)) }
            return end(.completed, training.earlyEnd ?? "all \(training.totalSteps) steps are done")
        }
        if round.kind == .evaluation {
            reporter.report(.evaluating(examples: training.program.evaluation.examples))
        }
        queue.append(.begin(round))
    }

    private func end(_ reason: RunOutcome.Reason, _ sentence: String) {
        guard ending == nil else { return }
        ending = reason
        save()
        guard reason == .completed else { return queue.append(.stop(sentence, .interrupted)) }
        farewell = sentence
        sayFarewell()
    }

    /// Nobody hears of a finished run before its last state is on the disk.
    private func sayFarewell() {
        guard failure == nil, unsavedStep == nil, let sentence = farewell.take() else { return }
        queue.append(.stop(sentence, .finished))
    }

    private func fail(_ error: any Error) {
        guard failure == nil else { return }
        failure = error
        ending = .interrupted("\(error)")
        queue.append(.stop("\(error)", .failed))
    }

    /// To be called, on any thread, with the reason why no worker will come any more: where none is here, the run is saved and ends.
    var tellForsaken: @Sendable (String) -> Void { { [inbox] in inbox.put(.forsaken($0)) } }

    /// Who has lost the coordinator for a moment comes back in less than that.
    private func noteAbsence() {
        guard !state.hasMembers else { return absentSince = nil }
        let since = absentSince ?? clock.now
        absentSince = since
        if let forsaken, clock.now - since > options.timing.silence { abandon(forsaken) }
    }

    private func abandon(_ sentence: String) {
        guard ending == nil else { return }
        save()
        fail(RunAbandoned(step: training.model.step, sentence: sentence))
    }

    private func outcome() -> RunOutcome {
        let outcome = RunOutcome(
            reason: ending ?? .completed, step: training.model.step, digest: training.model.digest.description,
            checkpoint: newestCheckpoint ?? "")
        reporter.report(.finished(outcome))
        return outcome
    }

    private func save() {
        settle()
        if failure != nil || state.stepInDoubt != nil { return }
        unsavedStep = training.model.step
        checkpointDue = clock.now + options.checkpointEvery
        if options.digestEvery == nil { archivist.record(training.model) }
        archivist.save(training.checkpoint)
    }

    // MARK: - Events

    /// Waits for something to happen, and takes it in.
    private func turn() throws {
        if queue.isEmpty {
            try post.wait(for: inbox.doorbell, atMost: .milliseconds(50))
        }
        try drainSockets()
        takeNews()
        pulse()
        showStatus()
        try askForSpans()
        for peer in readingList.peers { handle(.reading(for: peer), Message([])) }
        handle(.tick, Message([]))
        noteAbsence()
        noteSlowReading()
        handleQueue()
    }

    /// About once a second: says that this loop goes round, and sees to it that a revoked worker goes while it is connected.
    private func pulse() {
        guard clock.now >= pulseDue else { return }
        pulseDue = clock.now + .seconds(1)
        reporter.report(.alive)
        for name in gate.takeRevoked() { queue.append(.expelled(name: name, reason: "its key was revoked")) }
    }

    /// About once a second, for those who look on.
    private func showStatus() {
        guard clock.now >= statusDue else { return }
        statusDue = clock.now + .seconds(1)
        answersLeft = Self.answersPerSecond
        options.lookout.show(status)
    }

    /// More questions than that wait for the next second: an answer is of any length, and owners of keys may ask often.
    private static let answersPerSecond = 50

    private func sendStatus(to peer: Peer) throws {
        let bytes = options.lookout.encoded
        guard answersLeft > 0, !bytes.isEmpty else { return }
        answersLeft -= 1
        _ = try post.sendControl(.status(bytes: bytes.count), step: training.model.step, Message(bytes), to: peer)
    }

    // MARK: - The trace

    /// Asks workers what they did, where a trace is written.
    private func askForSpans() throws {
        guard let trace = options.trace, clock.now >= spansDue, trace.isOpen else { return }
        spansDue = clock.now + .milliseconds(250)
        for worker in state.workers(at: clock.now) where worker.activity != .preparing {
            check(try post.send(.spansWanted(clock.now), step: training.model.step, to: worker.peer), worker.peer)
        }
    }

    private func take(_ spans: WorkSpans, of peer: Peer) {
        guard let worker = state.workers(at: clock.now).first(where: { $0.peer == peer }) else { return }
        options.trace?.add(spans, of: worker, heard: clock.now)
    }

    /// Does a part of a step, which a trace shows.
    private func traced<Result: ~Copyable>(_ name: String, step: Int, _ body: () throws -> Result) rethrows -> Result {
        guard let trace = options.trace else { return try body() }
        let start = clock.now
        defer { trace.add(name, step: step, from: start, to: clock.now) }
        return try body()
    }

    /// A round is over: its sum is here.
    private func traceRound(_ round: Round) {
        let name = round.kind == .training ? "step" : "evaluation"
        options.trace?.add(name, .steps, step: round.step + 1, from: roundBegan, to: clock.now)
        roundBegan = clock.now
    }

    private var status: ClusterStatus {
        let round = state.roundUnderWay
        let workers = ledger.workers(state.workers(at: clock.now), at: clock.now)
        var totals = ledger.totals
        totals.audits = audits.chosen + state.counters.audited + state.counters.unaudited
        totals.missedAudits = totals.audits - audits.done - state.counters.audited
        totals.malformedMessages = state.counters.malformed
        return ClusterStatus(
            time: WallTime.text, run: opening.run.description, step: training.model.step,
            totalSteps: training.totalSteps,
            epoch: training.program.plan.epoch(ofStep: max(0, training.model.step - 1)),
            totalEpochs: training.program.plan.epoch(ofStep: max(0, training.totalSteps - 1)),
            globalBatch: training.program.plan.globalBatch,
            imagesPerSecond: workers.reduce(0) { $0 + $1.imagesPerSecond }, round: round?.description,
            waiting: ClusterStatus.waiting(round, workers), training: ledger.training, heldOut: ledger.heldOut,
            checkpoint: ledger.checkpoint.map { .init(step: $0.step, ageSeconds: (clock.now - $0.saved).inSeconds) },
            workers: workers, totals: totals, stepSeconds: ledger.stepSeconds, events: ledger.events)
    }

    /// Control first, and again between bulk messages, so that a heartbeat never waits behind gradients.
    ///
    /// Both are bounded, and libzmq takes turns between peers: whoever floods a link delays neither the other link, nor the
    /// clock, nor the other workers.
    private func drainSockets() throws {
        for _ in 0..<256 {
            for _ in 0..<64 {
                guard let arrival = try post.nextControl() else { break }
                take(arrival, isBulk: false)
            }
            guard let arrival = try post.nextBulk() else { return }
            take(arrival, isBulk: true)
        }
    }

    private func take(_ arrival: consuming Arrival, isBulk: Bool) {
        guard let peer = gate.peer(arrival) else { return gate.drop(arrival) }
        do throws(WireError) {
            let envelope = try arrival.decoded(WorkerMessage.self)
            if isBulk { ledger.received(arrival.payload.count, from: peer) }
            if envelope.body.isBulk == isBulk {
                handle(.received(envelope, from: peer), arrival.payload)
                if case .hello(let hello) = envelope.body, let address = arrival.address(ofDoor: hello.door) {
                    queue.append(.located(peer, address: address, key: arrival.sender?.description ?? ""))
                }
            } else {
                handle(.misdirected(envelope.body, from: peer), Message([]))
            }
        } catch {
            log.debug("malformed message: \(error)")
            handle(.malformed(error, from: peer), Message([]))
        }
        handleQueue()
    }

    private func handleQueue() {
        while !queue.isEmpty { handle(queue.removeFirst(), Message([])) }
    }

    private func handle(_ event: CoordinatorEvent, _ payload: borrowing Message) {
        for action in state.handle(event, at: clock.now) {
            do {
                try carryOut(action, payload)
            } catch {
                fail(error)
            }
        }
    }

    private func takeNews() {
        for news in inbox.takeAll() {
            switch news {
            case .forsaken(let sentence): forsaken = sentence
            case .interrupted(let reason): end(.interrupted(reason), "the run was interrupted by \(reason)")
            case .archivist(let news): take(news)
            case .pixels(let news): take(news)
            }
        }
    }

    private func take(_ news: Archivist.News) {
        switch news {
        case .saved(let path, let step):
            if unsavedStep == step { unsavedStep = nil }
            newestCheckpoint = path
            ledger.save(step: step, at: clock.now)
            reporter.report(.checkpointSaved(path: path, step: step))
            sayFarewell()
        case .pictures(let paths, let moment): reporter.report(.pictures(paths: paths, moment))
        case .picturesFailed(let sentence): tell(sentence)
        case .failed(let error): fail(error)
        }
    }

    private func take(_ news: PixelReader.News) {
        readingList.finish(at: clock.now)
        readOn()
        guard news.request.epoch == post.epoch else { return }
        do {
            try send(news.pixels.get(), of: news.request)
        } catch {
            fail(error)
        }
    }

    private func send(_ pixels: [UInt8], of request: ReadingList.Request) throws {
        guard state.isMember(request.peer) else { return }
        traffic.pixelBytes += pixels.count
        ledger.sent(pixels: pixels.count, to: request.peer)
        let outcome = try post.send(
            pixels, of: request.examples, in: request.split, step: training.model.step, to: request.peer)
        check(outcome, request.peer)
    }

    /// Hands the reader its next work.
    private func readOn() {
        while let request = readingList.next(at: clock.now, for: state.isMember) { reader.read(request) }
    }

    private func noteSlowReading() {
        guard let delay = readingList.delay(at: clock.now, limit: options.timing.silence) else { return }
        tell("workers wait for pixels: reading some of the data has taken \(Int(delay.inSeconds)) s so far")
    }

    private func tell(_ warning: String) {
        ledger.note(warning, level: "warning")
        log.warning("\(warning)")
        reporter.report(.notice(warning))
    }

    /// Opens the run again at an earlier state. To workers this is a new coordinator, so nothing of the wrong steps is left.
    private func goBack(to step: Int, because sentence: String) throws {
        ledger.note(sentence, level: "error")
        log.error("\(sentence)")
        reporter.report(.notice(sentence))
        archivist.finish()
        try opening.directory.goBack(to: step)
        opening = try opening.again(options)
        let records = try opening.directory.records(resumingAt: opening.state, history: opening.history)
        training = opening.begin(options, records)
        archivist = Self.archivist(opening, records, originals, options, inbox)
        readingList.clear()
        var configuration = Self.configuration(opening, options, auditKey)
        configuration.memory = outgoing.memory.map { MemoryRegion($0) }
        audits.add(state.counters)
        state = CoordinatorState(configuration)
        memories = [:]
        post.epoch = opening.epoch
        sums = Self.sumStore(opening.program, configuration)
        outgoing.restart()
        queue = []
        newestCheckpoint = opening.checkpointPath
        unsavedStep = nil
        // The run was ending: nobody of the new epoch has to be told, but the end is not the one that was meant.
        if ending != nil {
            fail(
                RunAbandoned(
                    step: step,
                    sentence: "a wrong sum was found while it ended, and it went back to that step: resume it"))
            isStopped = true
        }
        goOn()
    }

    // MARK: - Actions

    private func carryOut(_ action: CoordinatorAction, _ payload: borrowing Message) throws {
        switch action {
        case .send(let message, let step, let peer):
            if case .lease = message {
                if roundBegan == .zero { roundBegan = clock.now }
                pace.begin(at: clock.now)
            }
            check(try post.send(message, step: step, to: peer), peer)
        case .sendParameters(let step, let offset, let bytes, let duties, let peer):
            let inUse = state.stepsInUse
            let chunk = traced("update and send parameters", step: step + 1) {
                outgoing.chunk(offset..<(offset + bytes), ofStep: step, of: &training, keeping: inUse)
            }
            guard let chunk else { return }
            traffic.parameterBytes += chunk.count
            ledger.sent(parameters: chunk.count, to: peer)
            traffic.parameterMessages += 1
            let message = CoordinatorMessage.parameters(offset: offset, bytes: bytes, duties: duties)
            check(try post.send(message, step: step, chunk, to: peer), peer)
        case .storeParameters(let step, let peer): try storeParameters(step, peer)
        case .openMemory(let region, let peer): openMemory(region, peer)
        case .closeMemory(let peer): memories[peer] = nil
        case .sendRows(let split, let examples, let peer):
            readingList.add(.init(split: split, examples: examples, peer: peer, epoch: post.epoch))
            readOn()
        case .place(let lease, let offset, let total):
            traffic.partialBytes += payload.count
            traffic.partialMessages += 1
            sums.place(payload, lease: lease, offset: offset, total: total)
        case .placeStored(let slot, let peer, let lease, let range, let total):
            guard let memory = memories[peer], range.upperBound <= memory.slotBytes else { return }
            traffic.partialBytes += range.count
            ledger.received(range.count, from: peer)
            traffic.partialMessages += 1
            sums.place(memory, slot, lease: lease, range: range, total: total)
        case .commit(let lease, let node):
            sums.commit(lease: lease, node: node)
            for author in state.authors(ofLease: lease) {
                ledger.commit(author, microbatch: opening.contract.microbatch)
            }
        case .drop(let lease): sums.drop(lease: lease)
        case .discard(let node): sums.discard(node: node)
        case .fold(let node): try traced("fold", step: training.model.step + 1) { try sums.join(node: node) }
        case .hashNode(let round, let node):
            queue.append(.nodeDigest(round, node: node, try sums.digest(node: node)))
        case .hashLease(let round, let lease):
            queue.append(.leaseDigest(round, lease: lease, sums.takeDigest(lease: lease)))
        case .finished(let report): try finish(report)
        case .sendStatus(let peer): try sendStatus(to: peer)
        case .takeSpans(let spans, let peer): take(spans, of: peer)
        case .turnAway(let peer):
            try post.turnAway(
                peer,
                because:
                    "this is the second port of the coordinator at \(endpoint), which carries large messages only; connect to the "
                    + "first, which is one lower")
        case .bar(let name): gate.bar(name)
        case .abandon(let sentence): abandon(sentence)
        case .quarantine(let name, let sentence):
            try QuarantineFile(directory: opening.directory.paths.directory, files: options.files).add(name, sentence)
        case .goBack(let step, let sentence):
            do {
                try goBack(to: step, because: sentence)
            } catch {
                fail(GoingBackFailed(step: step, cause: "\(error)"))
                // The state that said so is over and says nothing more.
                isStopped = true
            }
        case .stopped: isStopped = true
        case .note(let notice): tell(notice)
        }
    }

    private func storeParameters(_ step: Int, _ peer: Peer) throws {
        let slot = traced("update and store parameters", step: step + 1) {
            outgoing.store(&training, keeping: state.stepsInUse)
        }
        guard let slot else { return }
        traffic.parameterBytes += outgoing.memory?.slotBytes ?? 0
        ledger.sent(parameters: outgoing.memory?.slotBytes ?? 0, to: peer)
        traffic.parameterMessages += 1
        check(try post.send(.parametersStored(slot), step: step, to: peer), peer)
    }

    private func openMemory(_ region: MemoryRegion, _ peer: Peer) {
        do throws(SharedMemoryError) {
            memories[peer] = try SharedMemory(region)
            queue.append(.memoryOpened(peer))
        } catch {
            log.notice("a worker's sums travel over the socket, which is slower: \(error)")
        }
    }

    /// A peer that takes no messages is as good as gone.
    private func check(_ outcome: Socket.Outcome, _ peer: Peer) {
        if outcome != .sent { queue.append(.undeliverable(peer)) }
    }

    private func finish(_ report: RoundReport) throws {
        traceRound(report.round)
        let sum = try sums.takeResult()
        let speed = pace.finish(report.round.kind, at: clock.now)
        switch report.round.kind {
        case .evaluation:
            if let found = try training.record(evaluation: sum, report, imagesPerSecond: speed) {
                ledger.finish(found)
                reporter.report(.evaluated(found))
                if let best = training.takeBest() { archivist.saveBest(best) }
            }
            trafficOfEarlierRounds = traffic
            goOn()
        case .training: try finish(sum, report, speed)
        }
    }

    /// The next step's parameters leave before anything is written down, chunk by chunk as they are updated.
    private func finish(_ sum: consuming RootSum, _ report: RoundReport, _ speed: Double) throws {
        let began = clock.now
        let step = try training.apply(
            sum, report, imagesPerSecond: speed, traffic: traffic - trafficOfEarlierRounds)
        options.trace?.add("last fold and norm", step: report.round.step + 1, from: began, to: clock.now)
        trafficOfEarlierRounds = traffic
        goOn()
        handleQueue()
        traced("update the rest and record", step: report.round.step + 1) { settle() }
        guard failure == nil else { return }
        ledger.finish(step, images: training.program.plan.globalBatch)
        reporter.report(.step(step))
        keepRecords()
    }

    /// Updates the parameters that no worker has asked for, and records the step; whoever reads the model calls this first.
    private func settle() {
        do {
            if let buffer = try training.settle() { sums.recycle(buffer) }
        } catch {
            fail(error)
        }
    }

    private func keepRecords() {
        if let every = options.digestEvery, training.model.step % every == 0 { archivist.record(training.model) }
        if clock.now >= checkpointDue, unsavedStep == nil, training.nextRound != nil { save() }
    }

    private func tell(_ notice: Notice) {
        ledger.note(notice)
        log.log(notice)
        if let event = RunEvent(notice) { reporter.report(event) }
    }
}
