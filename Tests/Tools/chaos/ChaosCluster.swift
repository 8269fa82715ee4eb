import FaultyNetwork
import Foundation
import Training

/// A coordinator and workers, each worker behind a network of its own that can be broken.
final class ChaosCluster {
    /// A worker process, its way to the coordinator, and the others' way to its door.
    final class Worker {
        let process: ChildProcess
        let links: [FaultyLink]
        /// Until when it is left alone, since something is done to it.
        var busyUntil = 0.0

        init(_ process: ChildProcess, _ links: [FaultyLink]) {
            self.process = process
            self.links = links
        }

        deinit { for link in links { link.close() } }
    }

    let paths: RunPaths
    private let trial: Trial
    private let name: String
    private let port: UInt16
    /// Three behind which a bad network lies, and its door.
    private static let portsOfAWorker = 4
    private var starts = 0
    private var nextWorker = 1
    private(set) var coordinator: ChildProcess?
    private(set) var workers: [Worker] = []

    /// - Parameter name: Of the run directory, and the prefix of all logs.
    init(_ trial: Trial, _ name: String, port: UInt16) {
        self.trial = trial
        self.name = name
        self.port = port
        paths = RunPaths("\(trial.directory)/\(name)")
    }

    deinit {
        coordinator?.signal(SIGKILL)
        for worker in workers { worker.process.signal(SIGKILL) }
    }

    /// Starts a coordinator on what is in the run directory.
    func startCoordinator(steps: Int) throws {
        starts += 1
        let process = try ChildProcess(
            "tributary",
            [
                "coordinator", "--listen", "tcp://127.0.0.1:\(port)", "--out", paths.directory, "--steps", "\(steps)",
                "--resume", "--reduce", trial.reduction.rawValue,
            ]
                + trial.runArguments,
            name: "\(name)-coordinator-\(starts)", logs: trial.directory)
        coordinator = process
    }

    func startWorker() throws {
        let near = port + UInt16(Self.portsOfAWorker * nextWorker)
        let door = near + 3
        let links = try [(near, port), (near + 1, port + 1), (near + 2, door)].map { try FaultyLink(from: $0, to: $1) }
        let process = try ChildProcess(
            "tributary",
            [
                "worker", "--connect", "tcp://127.0.0.1:\(near)", "--peer-port", "\(door)", "--advertise",
                "127.0.0.1:\(near + 2)",
            ] + trial.workerArguments,
            name: "\(name)-worker-\(nextWorker)", logs: trial.directory)
        nextWorker += 1
        workers.append(Worker(process, links))
    }

    /// Starts workers until there are as many as wanted.
    func fillUp() throws {
        while workers.count < trial.workers { try startWorker() }
    }

    func remove(_ worker: Worker) { workers.removeAll { $0 === worker } }

    /// Forgets workers that have ended, and returns them.
    func takeEnded() -> [Worker] {
        let ended = workers.filter { !$0.process.isRunning }
        workers.removeAll { worker in ended.contains { $0 === worker } }
        return ended
    }

    /// Says if somebody ended whom nobody asked to.
    func check() throws {
        for worker in takeEnded() {
            throw Problem("\(worker.process.name) ended by itself: \(worker.process.lastLine)")
        }
        try checkCoordinator()
    }

    func checkCoordinator() throws {
        if let coordinator, !coordinator.isRunning {
            throw Problem("\(coordinator.name) ended by itself: \(coordinator.lastLine)")
        }
    }

    /// Ends the workers that are left once the coordinator has said goodbye.
    func endWorkers() throws {
        for worker in workers {
            worker.process.signal(SIGCONT)
            worker.process.signal(SIGTERM)
        }
        for worker in workers { _ = try worker.process.end(within: 20) }
        workers = []
    }
}
