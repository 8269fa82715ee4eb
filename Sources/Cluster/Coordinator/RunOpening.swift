import Contract
import Coordination
import Training

/// What a coordinator finds or makes before it listens: the run directory, the contract, the state to go on from.
package struct RunOpening {
    package let directory: RunDirectory
    package let program: TrainingProgram
    package let contract: Contract
    package let run: RunIdentifier
    package let epoch: UInt64
    package let state: ModelState
    package let history: History
    /// The checkpoint that the run goes on from, if any.
    package let checkpointPath: String?
    package let skipped: [String]
    /// Workers that computed wrongly in this run, and the sentence that each is told.
    package let quarantined: [String: String]

    /// Locks the directory and reads the newest checkpoint, or begins a run. What can fail is tried before anything is written.
    /// - Throws: One sentence: the directory is in use or not empty, the stored contract is another, the data does not fit.
    package init(_ options: CoordinatorOptions) throws {
        try self.init(options) {
            try RunDirectory(
                options.directory, resume: options.resume, files: options.files, keeping: options.keptCheckpoints,
                check: options.checkpointCheck)
        }
    }

    /// Opens the run again under the next epoch, after going back in its directory.
    package func again(_ options: CoordinatorOptions) throws -> RunOpening {
        try RunOpening(options) { directory }
    }

    private init(_ options: CoordinatorOptions, directory open: () throws -> RunDirectory) throws {
        program = try TrainingProgram(options.configuration, source: options.source)
        try program.check(options.source)
        let wanted = try program.contract(
            engine: options.engine, dataFingerprint: program.fingerprint(of: options.source))
        directory = try open()
        let newest = try directory.checkpoints.newest()
        if newest == nil { try directory.paths.requireNoRecordWithoutCheckpoint(files: options.files) }
        let epochs = EpochFile(directory: directory.paths.directory, files: options.files)
        let known = try epochs.read().run
        try Self.check(newest, isOf: known, in: options.directory)
        contract = try Self.contract(wanted, stored: newest?.checkpoint.contract, options)
        var generator = SystemRandomNumberGenerator()
        run = newest.flatMap { RunIdentifier($0.checkpoint.run) } ?? known ?? RunIdentifier(from: &generator)
        state = newest?.checkpoint.state ?? program.initialState()
        history = newest?.checkpoint.history ?? History()
        checkpointPath = newest?.path
        skipped = newest?.skipped.map(\.description) ?? []
        if newest == nil { try directory.write(configuration: options.configurationText) }
        quarantined = try QuarantineFile(directory: directory.paths.directory, files: options.files).read()
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
        _ wanted: Contract, stored: Contract?, _ options: CoordinatorOptions
    ) throws(ContractConflict) -> Contract {
        guard let stored else { return wanted }
        var comparable = wanted
        comparable.probeDigest = stored.probeDigest
        if !options.requiresEngine { comparable.numericClass = stored.numericClass }
        try comparable.requireEqual(to: stored, of: "the run in \(options.directory)")
        return stored
    }

    /// The run, ready for its first round.
    package func begin(_ options: CoordinatorOptions, _ records: RunRecords) -> RunState {
        let total =
            switch options.stop {
            case .epochs(let epochs): program.plan.steps(epochs: epochs)
            case .steps(let steps): steps
            }
        return RunState(
            program, contract, run: run, totalSteps: total, evaluateEvery: options.evaluateEvery,
            picturesEvery: options.picturesEvery, model: state, history: history, best: records.best,
            metrics: records.metrics)
    }
}
