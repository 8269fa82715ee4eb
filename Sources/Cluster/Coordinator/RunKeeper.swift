import Training

/// What of a run is on the disk, and what is on its way there.
struct RunKeeper {
    /// The newest checkpoint; nil before there is one.
    private(set) var newestCheckpoint: String?
    /// The state that is to be on the disk next, and is not yet.
    private var unsavedStep: Int?
    private var checkpointDue: Duration
    private let archivist: Archivist
    private let period: Duration
    /// How many steps pass between digests; nil for one with each checkpoint.
    private let digestEvery: Int?

    init(_ archivist: Archivist, _ options: CoordinatorOptions, newestCheckpoint: String?, at now: Duration) {
        self.archivist = archivist
        self.newestCheckpoint = newestCheckpoint
        period = options.checkpointEvery
        digestEvery = options.digestEvery
        checkpointDue = now + period
    }

    /// Whether the state that was to be saved last is on the disk.
    var isSaved: Bool { unsavedStep == nil }

    /// Saves the state.
    mutating func save(_ training: RunState, at now: Duration) {
        unsavedStep = training.model.step
        checkpointDue = now + period
        if digestEvery == nil { archivist.record(training.model) }
        archivist.save(training.checkpoint)
    }

    /// Whether a checkpoint is due, and the one before it is done.
    func isDue(at now: Duration) -> Bool { now >= checkpointDue && isSaved }

    mutating func noteSaved(_ path: String, step: Int) {
        if unsavedStep == step { unsavedStep = nil }
        newestCheckpoint = path
    }

    func saveBest(_ checkpoint: Checkpoint) { archivist.saveBest(checkpoint) }

    /// Records the state's digest, where it is this step's turn.
    func recordDigest(of model: ModelState) {
        if let digestEvery, model.step % digestEvery == 0 { archivist.record(model) }
    }

    func draw(_ moment: PictureMoment, _ training: RunState) {
        archivist.draw(moment, training.model, training.history)
    }

    /// Does what waits, and returns when that is done.
    func finish() { archivist.finish() }
}
