import FaultyNetwork
import Files
import Foundation
import Training

/// A run that is disturbed for some time: what was done to it, and when.
final class Disturbance {
    /// A fault that happened.
    struct Event {
        let fault: Fault
        /// From when on the next committed step counts as recovery: for a coordinator, when it was started again.
        let time: Double
    }

    private let cluster: ChaosCluster
    private let monitor: CommitMonitor
    private let trial: Trial
    private var generator: SeededGenerator
    private var schedule: FaultSchedule
    private(set) var events: [Event] = []
    /// What is left to be done: to continue a stopped worker, to end a throttle.
    private var repairs: [(time: Double, action: () -> Void)] = []

    /// More than any run commits.
    static let endless = 1_000_000_000

    init(_ cluster: ChaosCluster, _ monitor: CommitMonitor, _ trial: Trial, _ kinds: [Fault], seed: UInt64) {
        self.cluster = cluster
        self.monitor = monitor
        self.trial = trial
        generator = SeededGenerator(seed: seed)
        schedule = FaultSchedule(kinds)
    }

    /// Does something every `interval` seconds until `end`; then nothing is broken any more. It may be run again later.
    func run(until end: Double, every interval: Double) throws {
        var next = CommitMonitor.now + interval / 2
        while CommitMonitor.now < end {
            Thread.sleep(forTimeInterval: 0.01)
            try replaceWorkersThatWereToldGoodbye()
            try cluster.checkCoordinator()
            repair(upTo: CommitMonitor.now)
            guard CommitMonitor.now >= next, next < end - interval / 2 else { continue }
            next += interval
            try apply(schedule.next(using: &generator))
        }
        repair(upTo: .infinity)
    }

    private func repair(upTo time: Double) {
        for repair in repairs where repair.time <= time { repair.action() }
        repairs.removeAll { $0.time <= time }
    }

    private func apply(_ fault: Fault) throws {
        let now = CommitMonitor.now
        switch fault {
        case .coordinator: try killCoordinator()
        case .diskFull: try fillDisk()
        case .join: try cluster.startWorker()
        default:
            let healthy = cluster.workers.filter { $0.busyUntil <= now }
            guard let worker = healthy.randomElement(using: &generator) else { return }
            try apply(fault, to: worker)
        }
        if fault.isWorkers { events.append(Event(fault: fault, time: now)) }
    }

    private func apply(_ fault: Fault, to worker: ChaosCluster.Worker) throws {
        switch fault {
        case .kill:
            worker.process.signal(SIGKILL)
            cluster.remove(worker)
            try cluster.fillUp()
        case .leave:
            worker.process.signal(SIGTERM)
            cluster.remove(worker)
            try cluster.fillUp()
        case .freeze:
            worker.process.signal(SIGSTOP)
            repair(worker, after: .random(in: 0.3...8, using: &generator)) { $0.process.signal(SIGCONT) }
        case .halfOpen:
            for link in worker.links { link.freeze() }
            repair(worker, after: 8) { _ in }
        case .throttle:
            for link in worker.links { link.throttle(bytesPerSecond: 200_000) }
            repair(worker, after: 5) { worker in for link in worker.links { link.throttle(bytesPerSecond: nil) } }
        case .join, .coordinator, .diskFull: preconditionFailure("\(fault) befalls no worker that is there")
        }
    }

    private func repair(
        _ worker: ChaosCluster.Worker, after seconds: Double, _ action: @escaping (ChaosCluster.Worker) -> Void
    ) {
        worker.busyUntil = CommitMonitor.now + seconds
        repairs.append((worker.busyUntil, { action(worker) }))
    }

    private func killCoordinator() throws {
        guard let coordinator = cluster.coordinator else { return }
        coordinator.signal(SIGKILL)
        _ = try coordinator.end(within: 10)
        try restart(after: .coordinator)
    }

    /// A limit on the size of files does to the next row of a log what a full disk does.
    private func fillDisk() throws {
        guard let coordinator = cluster.coordinator else { return }
        let rows = try PosixFileSystem().read(cluster.paths.metrics).count
        let outcome = try ChildProcess.run(
            "/usr/bin/prlimit", ["--pid", "\(coordinator.identifier)", "--fsize=\(rows + 200)"])
        guard outcome == 0 else { throw Problem("prlimit ended with \(outcome)") }
        let status = try coordinator.end(within: 30)
        let line = coordinator.lastLine
        guard status == 1, line.hasPrefix("Error: cannot "), line.contains(cluster.paths.directory) else {
            throw Problem("\(coordinator.name) ended with \(status) on a full disk, and said: \(line)")
        }
        try restart(after: .diskFull)
    }

    private func restart(after fault: Fault) throws {
        events.append(Event(fault: fault, time: CommitMonitor.now))
        try cluster.startCoordinator(steps: Self.endless)
    }

    /// A coordinator whose disk is full says goodbye, which a frozen worker hears much later.
    private func replaceWorkersThatWereToldGoodbye() throws {
        let ended = cluster.takeEnded()
        for worker in ended where !worker.process.lastLine.contains("the coordinator has ended: cannot ") {
            throw Problem("\(worker.process.name) ended by itself: \(worker.process.lastLine)")
        }
        if !ended.isEmpty { try cluster.fillUp() }
    }
}
