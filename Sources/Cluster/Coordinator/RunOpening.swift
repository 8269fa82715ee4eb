import Contract
import Coordination
import Training

/// What a coordinator finds or makes before it listens: the run directory, the contract, the state to go on from.
struct RunOpening {
    let directory: RunDirectory
    let program: TrainingProgram
    let contract: Contract
    let run: RunIdentifier
    let epoch: UInt64
    let state: ModelState
    let history: History
    /// The checkpoint that the run goes on from, if any.
    let checkpointPath: String?
    let skipped: [String]

    /// Locks the directory and reads the newest checkpoint, or begins a run. What can fail is tried before anything is written.
    /// - Throws: One sentence: the directory is in use or not empty, the stored contract is another, the data does not fit.
    init(_ options: CoordinatorOptions) throws {
        program = try TrainingProgram(
            options.configuration, trainingExamples: options.source.count(.train),
            validationExamples: options.source.count(.valid))
        try program.check(options.source)
        let wanted = try program.contract(engine: options.engine, dataFingerprint: options.source.fingerprint)
        directory = try RunDirectory(options.directory, resume: options.resume)
        let newest = try directory.checkpoints.newest()
        let epochs = EpochFile(directory: directory.paths.directory)
        try Self.check(newest, isOf: epochs.read().run, in: options.directory)
        contract = try Self.contract(wanted, stored: newest?.checkpoint.contract, in: options.directory)
        var generator = SystemRandomNumberGenerator()
        run = newest.flatMap { RunIdentifier($0.checkpoint.run) } ?? RunIdentifier(from: &generator)
        state = newest?.checkpoint.state ?? program.initialState()
        history = newest?.checkpoint.history ?? History()
        checkpointPath = newest?.path
        skipped = newest?.skipped.map(\.description) ?? []
        if newest == nil { try directory.write(configuration: options.configurationText) }
        epoch = try epochs.advance(run)
    }

    /// Two runs of one contract have equal bits but unlike records, so a checkpoint of one is not continued as the other.
    private static func check(
        _ newest: CheckpointStore.Found?, isOf run: RunIdentifier?, in directory: String
    ) throws(ForeignCheckpoint) {
        guard let newest, let run, newest.checkpoint.run != run.description else { return }
        throw ForeignCheckpoint(path: newest.path, run: newest.checkpoint.run, directory: directory, expected: run)
    }

    /// The stored contract, which the wanted one must equal. The probe is the workers' to repeat: the coordinator computes
    /// no gradient, so its own machine may be of another kind.
    private static func contract(
        _ wanted: Contract, stored: Contract?, in directory: String
    ) throws(ContractConflict) -> Contract {
        guard let stored else { return wanted }
        var comparable = wanted
        comparable.probeDigest = stored.probeDigest
        comparable.numericClass = stored.numericClass
        try comparable.requireEqual(to: stored, of: "the run in \(directory)")
        return stored
    }

    /// The run, ready for its first round.
    func begin(_ stop: CoordinatorOptions.Stop, metrics: MetricsLog) -> RunState {
        let total =
            switch stop {
            case .epochs(let epochs): program.plan.steps(epochs: epochs)
            case .steps(let steps): steps
            }
        return RunState(
            program, contract, run: run, totalSteps: total, model: state, history: history, metrics: metrics)
    }
}
