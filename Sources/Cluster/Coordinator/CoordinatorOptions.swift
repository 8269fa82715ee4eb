import Coordination
import Files
import Tensors
import Training

/// All that a coordinator needs to know.
public struct CoordinatorOptions: Sendable {
    /// When a run is over.
    public enum Stop: Sendable, Equatable {
        /// After so many passes through the training split.
        case epochs(Int)
        /// After so many steps.
        case steps(Int)
    }

    public var configuration: RunConfiguration
    /// The configuration as the user may start from it again; it becomes `config.yaml`.
    public var configurationText: String
    public var source: any ExampleSource
    /// The run directory.
    public var directory: String
    /// Where workers connect: `tcp://ADDRESS:PORT` or `ipc://PATH`.
    public var listen: String
    /// Who may connect.
    public var security = LinkSecurity<CoordinatorKeys>.none
    /// Whether to go on from the newest checkpoint, where there is one.
    public var resume: Bool
    public var stop: Stop
    /// How much time passes between checkpoints.
    public var checkpointEvery: Duration
    /// How many of the newest checkpoints stay, at least 2.
    public var keptCheckpoints = CheckpointStore.fewestKept
    /// How often the held-out examples are evaluated; at the end they are in any case.
    public var evaluateEvery = Cadence.epochs(1)
    /// How often pictures are drawn; nil for after each epoch, but at most once a minute. At the end they are in any case.
    public var picturesEvery: Cadence?
    /// How many steps pass between rows of `digests.jsonl`; nil for one at each checkpoint.
    public var digestEvery: Int?
    /// Whether workers add gradients and pass on parameters among themselves. It fixes no bits.
    public var reduction = Reduction.auto
    /// The share of leaves, from 0 to 1, that two workers compute, so that one that computes wrongly is found out.
    public var audit = 0.0
    /// What workers hear once all is done; nil for how many steps are.
    public var farewell: String?
    /// Asked before a checkpoint that is there already is parsed in this process.
    public var checkpointCheck: FileCheck = { _ in }
    /// What computes the contract's probe, and the pictures.
    public var engine: any Engine
    /// Whether a run that goes on must have been begun with this engine. Otherwise its own counts, which workers have.
    public var requiresEngine = false
    /// The limits of waits; the defaults suit everyone but tests.
    public var timing = Timing()
    /// Where the coordinator shows how it is doing.
    public let lookout = Lookout()
    /// Where the time of steps goes; nil where nobody wants to know.
    public var trace: StepTrace?
    /// Where the run directory is; a simulator puts its own here.
    package var files: any FileSystem = PosixFileSystem()
    /// Messages without sense after which a peer is expelled; tests that want all of theirs to be read ask for more.
    var forgivenOffences = 100.0

    public init(
        configuration: RunConfiguration, configurationText: String, source: any ExampleSource, directory: String,
        listen: String, resume: Bool, stop: Stop, checkpointEvery: Duration = .seconds(30), digestEvery: Int? = nil,
        engine: any Engine
    ) {
        self.configuration = configuration
        self.configurationText = configurationText
        self.source = source
        self.directory = directory
        self.listen = listen
        self.resume = resume
        self.stop = stop
        self.checkpointEvery = checkpointEvery
        self.digestEvery = digestEvery
        self.engine = engine
    }
}
