import Contract
import Files
import Hashing
import Tensors

/// Computes steps of a run again, in one thread without a network, and compares with the digests that the run recorded.
///
///     var verification = try RunVerification("runs/faces", steps: 100...200, source: source) { _ in engine }
///     let verdict = try verification.run { print($0) }
public struct RunVerification {
    /// The first recorded digest that computing again does not give.
    public typealias Difference = DigestMismatch

    /// How far it is.
    public struct Progress: Hashable, Sendable {
        /// How many steps the state has.
        public let step: Int
        /// The last step that has to be computed.
        public let lastStep: Int
        /// How many recorded digests came out equal.
        public let equal: Int
    }

    /// What came of it.
    public struct Verdict: Hashable, Sendable {
        /// How many recorded digests of the asked steps came out equal.
        public let equal: Int
        /// The last step that was computed.
        public let lastStep: Int
        public let difference: Difference?
    }

    /// The run's identifier.
    public let run: String
    /// How many steps the state has that everything is computed from.
    public let firstStep: Int
    /// The checkpoint that holds that state, or nil for the state before the first step, which the contract gives.
    public let checkpoint: String?
    /// Checkpoints that were passed over, and why.
    public let skipped: [CheckpointStore.Skipped]
    private var trainer: LocalTrainer
    /// The recorded digests of the asked steps, ascending.
    private let rows: [DigestLog.Row]
    private let digestsPath: String

    /// Begins at the newest checkpoint that verifies at or before the first step; where there is none, at the state that the
    /// contract begins with.
    ///
    /// - Parameters:
    ///   - steps: Which rows of `digests.jsonl` are compared.
    ///   - source: The data that the run was trained on.
    ///   - check: Asked before a checkpoint is parsed here.
    ///   - makeEngine: Makes the engine of the run's numeric class.
    /// - Throws: One sentence: there is no checkpoint, no row, or the data or the engine are not the run's.
    public init(
        _ directory: String, steps: ClosedRange<Int>, source: any ExampleSource,
        check: @escaping FileCheck = { _ in },
        engine makeEngine: (_ numericClass: String) throws -> any Engine, files: any FileSystem = PosixFileSystem()
    ) throws {
        let paths = RunPaths(directory)
        rows = try Self.rows(paths.digests, steps, files)
        let store = CheckpointStore(directory: paths.checkpoints, files: files, check: check)
        var damaged: [CheckpointStore.Skipped] = []
        var start: CheckpointStore.Found?
        do {
            start = try store.newest(upTo: steps.lowerBound)
        } catch let error as NoUsableCheckpoint {
            // The state before the first step serves as well, and takes longer.
            damaged = error.skipped
        }
        guard let any = try start ?? store.newest() else {
            throw RunVerificationError("\(paths.checkpoints) holds no checkpoint, so the run's contract is not known")
        }
        guard start != nil || any.checkpoint.contract.initialDigest == nil else {
            throw RunVerificationError(
                "the run began with imported weights, and no checkpoint that holds them is whole: name later steps, from "
                    + "\(any.checkpoint.state.step) on")
        }
        let program = try TrainingProgram(any.checkpoint.contract)
        let engine = try makeEngine(any.checkpoint.contract.numericClass.engine)
        try Self.check(any.checkpoint.contract, program, engine, source)
        run = any.checkpoint.run
        skipped = start?.skipped ?? any.skipped.filter { !damaged.contains($0) } + damaged
        checkpoint = start?.path
        let state = start?.checkpoint.state ?? program.initialState()
        firstStep = state.step
        trainer = try LocalTrainer(program, engine: engine, source: source, state: state)
        digestsPath = paths.digests
    }

    /// Computes on to the last recorded step, or to the first difference: from there on everything would differ.
    ///
    /// - Parameter report: Is told after every step.
    /// - Throws: What the data's source throws; `DivergedError`.
    public mutating func run(report: (Progress) throws -> Void = { _ in }) throws -> Verdict {
        let lastStep = max(firstStep, rows.last?.step ?? firstStep)
        for (index, row) in rows.enumerated() {
            while trainer.state.step < row.step {
                try report(Progress(step: trainer.state.step, lastStep: lastStep, equal: index))
                _ = try trainer.takeStep()
            }
            let digest = trainer.state.digest.description
            guard digest == row.digest else {
                let difference = Difference(path: digestsPath, step: row.step, recorded: row.digest, computed: digest)
                return Verdict(equal: index, lastStep: row.step, difference: difference)
            }
        }
        return Verdict(equal: rows.count, lastStep: lastStep, difference: nil)
    }

    private static func rows(
        _ path: String, _ steps: ClosedRange<Int>, _ files: any FileSystem
    ) throws -> [DigestLog.Row] {
        let all = try DigestLog.rows(path, neededUpTo: steps.upperBound, files: files).sorted { $0.step < $1.step }
        let wanted = all.filter { steps.contains($0.step) }
        if !wanted.isEmpty { return wanted }
        let known = all.map { "\($0.step)" }
        let shown = known.count > 12 ? known.prefix(6) + ["…"] + known.suffix(6) : known[...]
        throw RunVerificationError(
            known.isEmpty
                ? "\(path) has no rows yet, so there is nothing to compare with"
                : "\(path) has no row from step \(steps.lowerBound) to \(steps.upperBound): it has rows of the steps "
                    + shown.joined(separator: ", "))
    }

    /// Says what would make all bits differ, before anything is computed.
    private static func check(
        _ contract: Contract, _ program: TrainingProgram, _ engine: any Engine, _ source: any ExampleSource
    ) throws {
        try program.check(source)
        try require(
            try program.fingerprint(of: source), contract.dataFingerprint, "the data",
            "name the file that the run was trained on")
        let counts = "\(source.count(.train)) training and \(source.count(.valid)) held-out images"
        try require(
            counts, "\(contract.trainingExamples) training and \(contract.validationExamples) held-out images",
            "the data",
            "name the file that the run was trained on")
        let remedy = "use the build of Tributary and oneDNN that trained it, on the same kind of processor"
        try require(engine.numericClass, contract.numericClass.engine, "the arithmetic", remedy)
        try require(try program.probe(engine: engine).description, contract.probeDigest, "the probe", remedy)
    }

    private static func require(
        _ here: String, _ there: String, _ what: String, _ remedy: String
    ) throws(RunVerificationError) {
        if here != there {
            throw RunVerificationError("\(what) is \(here) here and \(there) in the run's contract: \(remedy)")
        }
    }
}

/// Why a run cannot be verified.
public struct RunVerificationError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
