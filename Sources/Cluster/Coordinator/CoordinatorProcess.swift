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
///
/// One thread owns the sockets, the decisions (`CoordinatorState`), the sums (`SumStore`), and the run's numbers (`RunState`). It waits for
/// events in `CoordinatorProcess+Events.swift` and does what is decided in `CoordinatorProcess+Actions.swift`. Disks have threads of their own.
public final class CoordinatorProcess {
    /// What other threads tell this one.
    enum News: Sendable {
        case archivist(Archivist.News)
        case pixels(PixelReader.News)
        case interrupted(String)
        case noMoreWorkers(String)
    }

    /// How far the process has come.
    enum Course {
        case training
        /// All is done, and the last state is on its way to the disk; then workers are told this sentence.
        case saving(farewell: String)
        /// Workers are told.
        case ending(RunOutcome.Reason)
        /// The same, after an error.
        case failed(any Error)
    }

    let options: CoordinatorOptions
    let reporter: any RunReporter
    let log: Logger
    private let interruption: Interruption
    let clock = MonotonicClock()
    let inbox: Inbox<News>
    let endpoint: Endpoint
    private(set) var opening: RunOpening
    /// What pictures are compared with.
    private let originals: [UInt8]
    let gate: Gate
    let post: CoordinatorPost
    private let address: AddressFile
    /// Decides which work is given out twice; no worker knows it.
    private let auditKey: UInt64
    let pixels: PixelDesk
    var training: RunState
    var state: CoordinatorState
    var sums: SumStore
    var outgoing: OutgoingParameters
    var keeper: RunKeeper
    var onlookers: Onlookers
    var queue: [CoordinatorEvent] = []
    var pace: Pace
    private var course = Course.training
    var isStopped = false
    private let bestProblem: String?
    var pulseDue = Duration.zero
    /// Why no worker will come any more, if that is so.
    var noMoreWorkers: String?
    /// Since when no worker is here.
    var absentSince: Duration?
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
        onlookers = Onlookers(clock, lookout: options.lookout, trace: options.trace)
        let context = try Context()
        gate = try Gate(options.security, in: context, log: log)
        post = CoordinatorPost(
            try Link.listening(on: endpoint, in: context, security: gate.socketSecurity), run: opening.run,
            epoch: opening.epoch)
        keeper = RunKeeper(
            Self.archivist(opening, records, originals, options, inbox), options,
            newestCheckpoint: opening.checkpointPath, at: clock.now)
        pixels = PixelDesk(options.source, for: opening.program) { [inbox] in inbox.put(.pixels($0)) }
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
        configuration.givesEvaluationsInParts = opening.program.configuration.evidence != nil
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
        defer { pixels.finish() }
        interruption.listen { [inbox] in inbox.put(.interrupted($0)) }
        start()
        while !isStopped {
            try turn()
        }
        keeper.finish()
        takeNews()
        // Nobody could decide about a sum of this step: what used it may be wrong, and is not gone on from.
        if let step = state.stepInDoubt { try opening.directory.goBack(to: step) }
        if case .failed(let error) = course { throw error }
        tellAudits()
        return outcome()
    }

    /// An audit that checked less than it was to is not to be taken for one that found nothing, nor that one for no audit.
    private func tellAudits() {
        audits.add(state.counters)
        guard options.audit > 0, training.model.step > firstStep else { return }
        tell(.audits(audits.done, of: audits.chosen))
    }

    private func outcome() -> RunOutcome {
        var reason = RunOutcome.Reason.completed
        if case .ending(let ending) = course { reason = ending }
        let outcome = RunOutcome(
            reason: reason, step: training.model.step, digest: training.model.digest.description,
            checkpoint: keeper.newestCheckpoint ?? "")
        reporter.report(.finished(outcome))
        return outcome
    }

    // MARK: - The course of the run

    var isTraining: Bool { if case .training = course { true } else { false } }

    var hasFailed: Bool { if case .failed = course { true } else { false } }

    private func start() {
        reporter.report(.started(RunSummary(opening, training, address: endpoint.description)))
        if let bestProblem {
            tell("the best checkpoint cannot be used and is replaced after the next evaluation: \(bestProblem)")
        }
        if opening.checkpointPath == nil { save() }
        goOn()
    }

    /// Begins the next round, or ends the run.
    func goOn() {
        guard isTraining else { return }
        if let moment = training.takePictures(at: clock.now) {
            settle()
            guard !hasFailed else { return }
            keeper.draw(moment, training)
            reporter.report(.drawing(moment))
        }
        guard let round = training.nextRound else { return complete() }
        if round.kind == .evaluation {
            reporter.report(.evaluating(examples: training.program.evaluation.examples))
        }
        queue.append(.begin(round))
    }

    /// Nobody hears of a finished run before its last state is on the disk.
    private func complete() {
        if let sentence = training.earlyEnd { reporter.report(.stoppedEarly(sentence)) }
        let farewell = options.farewell ?? "all \(training.totalSteps) steps are done"
        course = .saving(farewell: training.earlyEnd ?? farewell)
        save()
        sayFarewell()
    }

    func sayFarewell() {
        guard case .saving(let sentence) = course, keeper.isSaved else { return }
        course = .ending(.completed)
        queue.append(.stop(sentence, .finished))
    }

    func interrupt(_ reason: String) {
        guard isTraining else { return }
        course = .ending(.interrupted(reason))
        save()
        queue.append(.stop("the run was interrupted by \(reason)", .interrupted))
    }

    func fail(_ error: any Error) {
        guard !hasFailed else { return }
        course = .failed(error)
        queue.append(.stop("\(error)", .failed))
    }

    func abandon(_ sentence: String) {
        guard isTraining else { return }
        save()
        fail(RunAbandoned(step: training.model.step, sentence: sentence))
    }

    /// To be called, on any thread, with the reason why no worker will come any more: where none is here, the run is saved and ends.
    var tellNoMoreWorkers: @Sendable (String) -> Void { { [inbox] in inbox.put(.noMoreWorkers($0)) } }

    func save() {
        settle()
        if hasFailed || state.stepInDoubt != nil { return }
        keeper.save(training, at: clock.now)
    }

    /// Updates the parameters that no worker has asked for, and records the step; whoever reads the model calls this first.
    func settle() {
        do {
            if let buffer = try training.settle() { sums.recycle(buffer) }
        } catch {
            fail(error)
        }
    }

    /// Opens the run again at an earlier state. To workers this is a new coordinator, so nothing of the wrong steps is left.
    func goBack(to step: Int, because sentence: String) throws {
        onlookers.note { $0.note(sentence, level: "error") }
        log.error("\(sentence)")
        reporter.report(.notice(sentence))
        keeper.finish()
        try opening.directory.goBack(to: step)
        opening = try opening.again(options)
        let records = try opening.directory.records(resumingAt: opening.state, history: opening.history)
        training = opening.begin(options, records)
        keeper = RunKeeper(
            Self.archivist(opening, records, originals, options, inbox), options,
            newestCheckpoint: opening.checkpointPath, at: clock.now)
        pixels.clear()
        var configuration = Self.configuration(opening, options, auditKey)
        configuration.memory = outgoing.memory.map { MemoryRegion($0) }
        configuration.reduction = state.reduction
        audits.add(state.counters)
        state = CoordinatorState(configuration)
        post.epoch = opening.epoch
        sums = Self.sumStore(opening.program, configuration)
        outgoing.restart()
        queue = []
        // The run was ending: nobody of the new epoch has to be told, but the end is not the one that was meant.
        if !isTraining {
            fail(
                RunAbandoned(
                    step: step,
                    sentence: "a wrong sum was found while it ended, and it went back to that step: resume it"))
            isStopped = true
        }
        goOn()
    }

    // MARK: - Telling

    func tell(_ warning: String) {
        onlookers.note { $0.note(warning, level: "warning") }
        log.warning("\(warning)")
        reporter.report(.notice(warning))
    }

    func tell(_ notice: Notice) {
        onlookers.note { $0.note(notice) }
        log.log(notice)
        if let event = RunEvent(notice) { reporter.report(event) }
    }

    /// How the run and its workers are doing.
    func status() -> ClusterStatus {
        let round = state.roundUnderWay
        let overviews = state.workers(at: clock.now)
        var workers: [ClusterStatus.Worker] = []
        onlookers.note { workers = $0.workers(overviews, at: clock.now) }
        let ledger = onlookers.ledger
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
}
