// Simulator: the real decisions of a run under a simulated network, clock and disk.

import Cluster
import Contract
import Coordination
import Training

/// One run under virtual time: the real decisions of coordinator and workers, with a simulated network, clock and disk. The
/// scenario fixes everything.
public struct Simulation {
    enum Happening {
        case toCoordinator([UInt8], Payload, from: Peer, epoch: UInt64)
        case toWorker(Peer, [UInt8], Payload)
        case disconnected(Peer)
        case toPeer(PeerLine, [UInt8], Payload)
        case answered(PeerLine, [UInt8])
        case peerLost(PeerLine)
        case undeliverable(Peer, life: Int)
        case workerTick(Int)
        case prepared(Int, life: Int, probe: String)
        case chunkReady(Int, life: Int, Leaf, [Float], chunk: Int)
        case computed(Int, life: Int, Leaf, [Float])
        case coordinatorTick(life: Int)
        case save(life: Int)
        case mishap
        case thaw(Int)
        case heal(Int)
        case restartWorker(Int)
        case restartCoordinator
        case mendDisk
        case calm
        case seeToWorkers
    }

    /// A worker process and what the network does to it.
    struct Process {
        var host: WorkerHost
        var name: String
        var life = 0
        var peer: Peer?
        var isAlive = true
        var isFrozen = false
        var isForeign = false
        var isLiar = false
        var slowness = 1
        /// Whether the network lets nothing from it, or to it, through.
        var isMute = false
        var isDeaf = false
        /// What the network holds meanwhile; TCP sends it again and again.
        var stuck: [Happening] = []
        /// What is wrong with it or its network was over at this time, and nothing has struck since.
        var soundSince = Duration.zero
        /// When it was a member last.
        var memberUntil = Duration.zero
        /// What waits in the kernel until a frozen process goes on.
        var held: [(event: WorkerEvent, payload: Payload)] = []
    }

    let scenario: Scenario
    let run: TinyRun
    let sabotage: Sabotage?
    let disk = SimulatedDisk()
    let machine: SimulatedMachine
    var dice: Dice
    var now: Duration = .zero
    var agenda = Agenda<Happening>()
    var processes: [Process] = []
    var coordinator: CoordinatorHost?
    var coordinatorLife = 0
    /// The identifier of the run, once there is one.
    var lastRun = ""
    /// How often on end a coordinator could not start. A disk that is full or fails is mended sooner.
    var failedStarts = 0
    static let mostFailedStarts = 100
    var connections: [Peer: Connections] = [:]
    /// Connections between workers.
    var lines: [PeerLine.Ends: PeerLine] = [:]
    /// When the last message over each arrives, in each direction.
    var lineArrivals: [PeerLine: [Connections.Direction: Duration]] = [:]
    var nextLine = 1
    /// Until when the coordinator's link is busy with what was sent over it.
    var linkBusy: [Connections.Direction: Duration] = [:]
    var bytesSent = BytesSent()
    /// When the coordinator of now started.
    var coordinatorSince = Duration.zero
    /// When the coordinator had no worker last.
    var lonelyAt = Duration.zero
    var calmSince = Duration.zero
    var lastCommit = Duration.zero
    /// Since when nothing is wrong and somebody is there, and how many steps were committed since.
    var calmBegan = Duration.zero
    var commitsInCalm = 0
    /// What this coordinator heard lately, the newest last; more than is replayed, so that not every message moves all others.
    var heard: [Happening] = []
    static let replayed = 200
    /// When anything came from a peer last.
    var lastHeard: [Peer: Duration] = [:]
    /// Which worker has, or had, an identity.
    var owners: [Peer: Int] = [:]
    var witness: Witness
    var isCalm = false
    var isOver = false
    public internal(set) var faults: [String: Int] = [:]
    private let storybook: Storybook?
    /// What happened, a line for each thing, if the story is told.
    public var story: [String] { storybook?.lines ?? [] }

    /// More than any run takes once the faults have ended.
    private static let longestCalm = Duration.seconds(600)

    public init(_ scenario: Scenario, sabotage: Sabotage? = nil, tellsStory: Bool = false) throws {
        self.scenario = scenario
        self.sabotage = sabotage
        machine = SimulatedMachine(sabotage: sabotage)
        storybook = tellsStory ? Storybook() : nil
        run = try TinyRun.cached(shards: scenario.shards, steps: scenario.pace.steps)
        dice = Dice(seed: scenario.seed)
        witness = Witness(run)
        disk.forget(
            fileSync: sabotage == .noFileSync, directorySync: sabotage == .noDirectorySync,
            changesOf: sabotage == .sameEpochAgain ? "/run/coordinator-epoch" : nil)
    }

    /// Runs to the end.
    public mutating func execute() -> Verdict {
        if scenario.megabits <= 100 { strike(.slowLink) }
        startCoordinator()
        for index in 0..<scenario.workers { startWorker(isLiar: scenario.lie != nil && index == scenario.workers - 1) }
        if scenario.mishaps > 0 { plan(.mishap, in: mishapInterval()) }
        plan(.calm, in: scenario.calmAt)
        while !isOver, witness.violation == nil, let next = agenda.takeNext() {
            now = next.time
            if now > scenario.calmAt + Self.longestCalm { break }
            take(next.item)
        }
        if !isOver { witness.accuse("the run did not end within \(Self.longestCalm) after the last fault") }
        for (fault, count) in disk.counts { faults[fault.rawValue, default: 0] += count }
        return Verdict(
            seed: scenario.seed, violation: witness.violation, digest: witness.digest, steps: witness.committedSteps,
            faults: faults)
    }

    // MARK: - Story

    func tell(_ line: @autoclosure () -> String) {
        guard let storybook else { return }
        let milliseconds = Int(now / .milliseconds(1))
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        storybook.lines.append("\(milliseconds / 1_000).\(fraction) s  \(line())")
    }

    mutating func strike(_ fault: Scenario.Fault) {
        faults[fault.rawValue, default: 0] += 1
    }

    // MARK: - Time

    mutating func plan(_ happening: Happening, in delay: Duration) {
        agenda.insert(happening, at: now + delay)
    }

    private mutating func take(_ happening: Happening) {
        switch happening {
        case .toCoordinator(let bytes, let payload, let peer, let epoch): deliver(bytes, payload, from: peer, epoch)
        case .toWorker(let peer, let bytes, let payload): deliver(bytes, payload, to: peer)
        case .disconnected(let peer): disconnect(peer)
        case .toPeer(let line, let bytes, let payload): deliver(bytes, payload, over: line)
        case .answered(let line, let bytes): deliver(answer: bytes, over: line)
        case .peerLost(let line): lose(line)
        case .undeliverable(let peer, let life):
            if life == coordinatorLife { driveCoordinator(.undeliverable(peer), .nothing) }
        case .workerTick(let index):
            drive(index, .tick)
            plan(.workerTick(index), in: .milliseconds(250))
        case .prepared(let index, let life, let probe):
            if processes[index].life == life { drive(index, .prepared(probe: probe)) }
        case .chunkReady(let index, let life, let leaf, let partial, let chunk):
            beReady(chunk, leaf, partial, index, life)
        case .computed(let index, let life, let leaf, let partial): finish(leaf, partial, index, life)
        case .coordinatorTick(let life):
            guard life == coordinatorLife, coordinator != nil else { return }
            if sabotage != .noDeadlines {
                driveCoordinator(.tick, .nothing)
                countMembers()
                checkLiveness()
            }
            plan(.coordinatorTick(life: life), in: .milliseconds(250))
        case .save(let life): if life == coordinatorLife { save() }
        case .mishap: mishap()
        case .thaw(let index): thaw(index)
        case .heal(let index): heal(index)
        case .restartWorker(let index): restartWorker(index)
        case .restartCoordinator: if coordinator == nil, !isOver { startCoordinator() }
        case .mendDisk: disk.setFull(false)
        case .calm: calm()
        case .seeToWorkers: seeToWorkers()
        }
    }
}

/// What came of one run.
public struct Verdict: Sendable {
    public let seed: UInt64
    /// What must not have happened, if anything did.
    public let violation: String?
    /// The last state's.
    public let digest: String?
    /// How many steps were committed, those that were computed again included.
    public let steps: Int
    /// How often each fault struck.
    public let faults: [String: Int]
}

/// The lines of a story, apart from the simulation, so that they can speak of it while it changes.
private final class Storybook {
    var lines: [String] = []
}
