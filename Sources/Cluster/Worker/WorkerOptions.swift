import Coordination
import Files
import Messaging
import Parallel
import Tensors

/// All that a worker needs to know; the rest its coordinator tells it.
public struct WorkerOptions: Sendable {
    /// Where the coordinator listens: `tcp://HOST:PORT` or `ipc://PATH`.
    public var connect: String
    /// Whom to trust as coordinator, and how to be known to it.
    public var security = LinkSecurity<WorkerKeys>.none
    /// How many microbatches are computed side by side.
    public var threads: Int
    /// The cores that the threads stay on, one for each; empty where the system places them. By default those of this process, if
    /// the threads take them all.
    ///
    /// A message for each of two threads comes to the one core that is idle at that moment. Linux (6.18) now and then leaves both
    /// threads there, beside an idle core, until one has computed its leaf: without this `mlp` took 8 % longer, on two cores. Beside one other busy
    /// process it takes 9 % longer with it, beside one on each core 1 %, and two such runs side by side take 6 % longer each.
    public var cores: [Int]
    /// The name for the logs; empty for one that the coordinator gives.
    public var name: String
    /// Where other workers reach this one, so that gradients and parameters need not all pass the coordinator.
    public var door = Door()

    /// What a worker says of its own address.
    public struct Door: Sendable {
        /// The port that it listens on; 0 for one that the system chooses.
        public var port: UInt16 = 0
        /// `HOST:PORT` as others see it, where that is not the address that the coordinator sees and the port.
        public var advertised: String?

        public init() {}
    }

    /// Makes the engine of a numeric class, which the run's contract names; throws where this machine cannot.
    public var engine: @Sendable (_ numericClass: String) throws -> any Engine
    /// The most bytes that a run may make this worker hold.
    public var memoryLimit = WorkerOptions.defaultMemoryLimit
    /// The limits of waits. A coordinator of this machine (`ipc://`) is there or will not come back under that address, so
    /// it is not looked for as long as one elsewhere.
    public var timing = Timing()
    /// Whether it looks for the next coordinator, for as long as for the first one, when its own was interrupted.
    public var outlivesCoordinator = true
    /// Called about once a second, as long as the worker's loop goes round. It must not take long.
    public var pulse: @Sendable () -> Void = {}

    public init(
        connect: String, threads: Int, name: String = "",
        engine: @escaping @Sendable (_ numericClass: String) throws -> any Engine
    ) {
        precondition(threads > 0, "a worker needs a thread, not \(threads)")
        self.connect = connect
        self.threads = threads
        cores = Cores.forThreads(threads)
        self.name = name
        self.engine = engine
        if connect.hasPrefix("ipc://") { timing.patience = .seconds(20) }
    }
}

extension WorkerOptions {
    /// Three quarters of the memory of the machine, or of the container that the worker runs in.
    public static var defaultMemoryLimit: Int { Machine.memory / 4 * 3 }

    /// For a worker that ends with the process that started it, which is the coordinator: as long as that is there, it may be stopped
    /// (Ctrl-Z) and go on. The next one has another address.
    public mutating func endWithCoordinator() {
        outlivesCoordinator = false
        timing.patience = Timing.unlimited
    }
}

/// How a worker ended.
public struct WorkerOutcome: Sendable, Equatable {
    /// Why, for the user.
    public var sentence: String
    /// Whether its work was over, it was asked to leave, or something failed.
    public var end: WorkerEnd
}
