import FaultyNetwork
import Files
import Foundation
import Parallel
import Testing

/// The real command, its processes killed with -9.
@Suite(.serialized, .enabled(if: CommandProcess.isBuilt, "the tributary command is not built"))
struct CommandTests {
    @Test(arguments: CommandRuns.models)
    func digestsAreTheSameFromAnyWorkersAndThreads(_ model: String) throws {
        let runs = try CommandRuns()
        var digests: [[String]] = []
        for (workers, threads) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)] {
            let directory = runs.newDirectory()
            try runs.train(model, workers: workers, threads: threads, directory, steps: 400)
            digests.append(try runs.digests(directory))
        }
        #expect(digests[0].count == 8)
        #expect(Set(digests).count == 1)
    }

    /// Kernels of another class sum in another order, or round: each class has bits of its own, on any cluster.
    @Test func everyNumericClassHasOneDigestFromAnyWorkersAndThreads() throws {
        let runs = try CommandRuns()
        var ofClasses: Set<[String]> = []
        for numericClass in CommandRuns.classes {
            var digests: Set<[String]> = []
            for (workers, threads) in [(1, 1), (2, 1), (3, 1), (1, 2)] {
                let directory = runs.newDirectory()
                try runs.train(
                    "convolutions", workers: workers, threads: threads, directory, steps: 100, numericClass)
                digests.insert(try runs.digests(directory))
            }
            #expect(digests.count == 1, "\(numericClass)")
            ofClasses.formUnion(digests)
        }
        #expect(ofClasses.count == CommandRuns.classes.count)
        #expect(ofClasses.allSatisfy { $0.count == 2 })
    }

    /// Stopped first, so that it cannot deliver any more: whatever it leases must move.
    @Test(arguments: CommandRuns.models)
    func aKilledWorkersLeasesMoveAndTheBitsStay(_ model: String) throws {
        let runs = try CommandRuns()
        let directory = runs.newDirectory()
        let process = try runs.start(model, workers: 2, directory)
        let worker = try process.worker("worker-1")
        _ = try process.worker("worker-2")
        try runs.wait(for: 2, in: directory, of: process)
        kill(worker, SIGSTOP)
        kill(worker, SIGKILL)
        let move = try process.line(containing: "moved from worker-1 to worker-2")
        #expect(move.contains("step ") && move.contains("node "))
        try runs.wait(for: runs.digests(directory).count + 2, in: directory, of: process)
        process.signal(SIGINT)
        #expect(process.wait() == 130, "\(process.text)")
        try runs.expectQuietDigests(model, directory)
    }

    @Test(arguments: CommandRuns.models)
    func aKilledCoordinatorsRunGoesOnWithOtherWorkers(_ model: String) throws {
        let runs = try CommandRuns()
        let directory = runs.newDirectory()
        let process = try runs.start(model, workers: 2, directory, ["--checkpoint-every", "0.1s"])
        let workers = try ["worker-1", "worker-2"].map(process.worker)
        try runs.wait(for: 4, in: directory, of: process)
        process.signal(SIGKILL)
        for worker in workers { kill(worker, SIGKILL) }
        #expect(process.wait() == SIGKILL)
        let rows = try runs.digests(directory)
        let steps = (rows.count + 4) * CommandRuns.period
        try runs.train(model, workers: 3, directory, steps: steps, ["--resume"])
        #expect(try runs.digests(directory).count == rows.count + 4)
        try runs.expectQuietDigests(model, directory)
    }

    @Test func interruptedItSavesAndSaysHowToGoOn() throws {
        let runs = try CommandRuns()
        let directory = runs.newDirectory()
        let process = try runs.start("linear", workers: 2, directory)
        try runs.wait(for: 1, in: directory, of: process)
        process.signal(SIGINT)
        #expect(process.wait() == 130, "\(process.text)")
        #expect(process.text.contains("--resume"))
        let steps = try (runs.digests(directory).count + 2) * CommandRuns.period
        try runs.train("linear", workers: 3, directory, steps: steps, ["--resume"])
        try runs.expectQuietDigests("linear", directory)
    }

    @Test func workersStartedByHandJoinOverEncryptedTCPAndALateOneReplacesAKilledOne() throws {
        let runs = try CommandRuns()
        let directory = runs.newDirectory()
        let link = try runs.encrypted()
        let coordinator = try CommandProcess(
            ["coordinator"] + link.coordinator
                + runs.arguments("convolutions", directory, steps: CommandRuns.endless))
        let first = try CommandProcess(["worker"] + link.worker)
        _ = try coordinator.worker("local")
        first.signal(SIGKILL)
        _ = try coordinator.line(containing: "local is gone")
        let second = try CommandProcess(["worker", "--threads", "2"] + link.worker)
        try runs.wait(for: 2, in: directory, of: coordinator)
        coordinator.signal(SIGTERM)
        #expect(coordinator.wait() == 143, "\(coordinator.text)")
        second.signal(SIGTERM)
        #expect(second.wait() == 143, "\(second.text)")
        first.wait()
        try runs.expectQuietDigests("convolutions", directory)
    }

    /// One that is listed, one that was, and one whose keys another coordinator made.
    @Test func onlyListedWorkersJoinAndARevokedOneGoes() throws {
        let runs = try CommandRuns()
        let directory = runs.newDirectory()
        let (link, other) = (try runs.encrypted(), try runs.encrypted())
        let stranger = try CommandProcess(
            ["worker", "--connect", link.worker[1], "--keys", other.keys + "/workers/local"])
        #expect(try CommandProcess.run("keys", "add", link.keys, "past").status == 0)
        try FileManager.default.copyItem(atPath: link.keys + "/workers/past", toPath: runs.folder + "/past")
        #expect(try CommandProcess.run("keys", "revoke", link.keys, "past").status == 0)
        let past = try CommandProcess(["worker", "--connect", link.worker[1], "--keys", runs.folder + "/past"])
        let coordinator = try CommandProcess(
            ["coordinator"] + link.coordinator + runs.arguments("linear", directory, steps: CommandRuns.endless))
        let first = try CommandProcess(["worker", "--threads", "1"] + link.worker)
        _ = try coordinator.worker("local")
        #expect(past.wait() == 77 && past.text.contains("refuses this worker's key"), "\(past.text)")
        #expect(try CommandProcess.run("keys", "add", link.keys, "node1").status == 0)
        let second = try CommandProcess(
            ["worker", "--threads", "1", "--connect", link.worker[1], "--keys", link.keys + "/workers/node1"])
        _ = try coordinator.worker("node1")
        #expect(try CommandProcess.run("keys", "revoke", link.keys, "local").status == 0)
        _ = try coordinator.line(containing: "local is gone (its key was revoked; workers: 1)")
        #expect(first.wait() == 77, "\(first.text)")
        #expect(first.text.contains("the coordinator refused this worker: its key was revoked"))
        try runs.wait(for: runs.digests(directory).count + 2, in: directory, of: coordinator)
        coordinator.signal(SIGTERM)
        #expect(coordinator.wait() == 143, "\(coordinator.text)")
        second.signal(SIGTERM)
        #expect(second.wait() == 143, "\(second.text)")
        _ = try stranger.line(containing: "or a coordinator whose key is not the one in this worker's keys")
        stranger.signal(SIGKILL)
        stranger.wait()
        #expect(!stranger.text.contains("joined") && !coordinator.text.contains("local/2"))
        try runs.expectQuietDigests("linear", directory)
    }

    @Test func aWorkerAndACoordinatorOfWhichOneHasKeysSaySo() throws {
        let runs = try CommandRuns()
        let (link, open) = (try runs.encrypted(), "tcp://127.0.0.1:\(LoopbackPort.free())")
        let coordinators = try [link.coordinator, ["--listen", open, "--insecure"]].map {
            try CommandProcess(["coordinator"] + $0 + runs.arguments("linear", runs.newDirectory(), steps: 1))
        }
        let bare = try CommandProcess(["worker", "--connect", link.worker[1], "--insecure"])
        let keyed = try CommandProcess(["worker", "--connect", open, "--keys", link.keys + "/workers/local"])
        #expect(bare.wait() == 77 && bare.text.contains("lets in only workers with keys"), "\(bare.text)")
        _ = try keyed.line(containing: "(what listens there uses no keys: start that coordinator with --keys")
        for process in coordinators + [keyed] {
            process.signal(SIGTERM)
            process.wait()
        }
    }

    @Test func aWorkerOutlivesItsCoordinator() throws {
        let runs = try CommandRuns()
        let directory = runs.newDirectory()
        let link = try runs.encrypted()
        func coordinator(steps: Int = CommandRuns.endless, _ more: [String] = []) throws -> CommandProcess {
            try CommandProcess(
                ["coordinator", "--checkpoint-every", "0.1s"] + link.coordinator
                    + runs.arguments("linear", directory, steps: steps) + more)
        }
        let first = try coordinator()
        let worker = try CommandProcess(["worker", "--threads", "1"] + link.worker)
        try runs.wait(for: 2, in: directory, of: first)
        first.signal(SIGKILL)
        first.wait()
        let rows = try runs.digests(directory).count
        let second = try coordinator(["--resume"])
        try runs.wait(for: rows + 2, in: directory, of: second)
        second.signal(SIGINT)
        #expect(second.wait() == 130, "\(second.text)")
        _ = try worker.line(containing: "the run was interrupted by SIGINT; looking for the next one at tcp://")
        let steps = try (runs.digests(directory).count + 2) * CommandRuns.period
        let third = try coordinator(steps: steps, ["--resume"])
        #expect(third.wait() == 0, "\(third.text)")
        #expect(worker.wait() == 0, "\(worker.text)")
        try runs.expectQuietDigests("linear", directory)
    }

    /// Whatever asks a process to end, nothing is lost, and the exit code tells what it was. A worker that waits is asked, too.
    @Test(arguments: Signals.requests.map(\.key))
    func everySignalThatAsksToEndSavesAndIsTheExitCode(_ name: String) throws {
        let number = try #require(Signals.requests.first { $0.key == name }?.value)
        let runs = try CommandRuns()
        let directory = runs.newDirectory()
        let link = try runs.encrypted()
        let coordinator = try CommandProcess(
            ["coordinator"] + link.coordinator + runs.arguments("linear", directory, steps: CommandRuns.endless))
        let worker = try CommandProcess(["worker", "--threads", "1"] + link.worker)
        defer { for process in [coordinator, worker] where process.isRunning { process.signal(SIGKILL) } }
        try runs.wait(for: 1, in: directory, of: coordinator)
        coordinator.signal(number)
        _ = try coordinator.line(containing: "interrupted by \(name); everything is saved")
        #expect(coordinator.wait() == 128 + number, "\(coordinator.text)")
        worker.signal(number)
        _ = try worker.line(containing: "stopped by \(name)")
        #expect(worker.wait() == 128 + number, "\(worker.text)")
        let steps = try (runs.digests(directory).count + 1) * CommandRuns.period
        // Batch systems send a signal to every process of a job.
        let train = try runs.start("linear", workers: 2, directory, ["--resume"])
        let workers = try ["worker-1", "worker-2"].map(train.worker)
        try runs.wait(for: steps / CommandRuns.period, in: directory, of: train)
        for process in workers + [train.identifier] { kill(process, number) }
        #expect(train.wait() == 128 + number, "\(train.text)")
        #expect(workers.allSatisfy { kill($0, 0) != 0 })
        try runs.expectQuietDigests("linear", directory)
    }

    /// `nohup` does so with SIGHUP, and a script with whatever it traps.
    @Test func signalsThatWhoeverStartedItIgnoresDoNothing() throws {
        let runs = try CommandRuns()
        let directory = runs.newDirectory()
        let train = try CommandProcess(
            "/bin/sh",
            ["-c", "trap '' HUP USR1; exec \"$@\"", "sh", CommandProcess.executable, "train", "--workers", "2"]
                + runs.arguments("linear", directory, steps: CommandRuns.endless))
        let workers = try ["worker-1", "worker-2"].map(train.worker)
        for number in [SIGHUP, SIGUSR1] { for process in workers + [train.identifier] { kill(process, number) } }
        try runs.wait(for: runs.digests(directory).count + 2, in: directory, of: train)
        #expect(!train.text.contains(" is gone"))
        train.signal(SIGTERM)
        #expect(train.wait() == 143, "\(train.text)")
    }

    @Test func aWorkerWaitsForTheNextCoordinatorAsLongAsItIsTold() throws {
        let runs = try CommandRuns()
        let link = try runs.encrypted()
        let coordinator = try CommandProcess(
            ["coordinator"] + link.coordinator
                + runs.arguments("linear", runs.newDirectory(), steps: CommandRuns.endless))
        // The worker waits for the next one alone, so this one has to listen before: how long it takes to start is the machine's affair.
        _ = try coordinator.line(containing: "workers connect to")
        let worker = try CommandProcess(["worker", "--threads", "1", "--wait", "3s"] + link.worker)
        _ = try coordinator.worker("local")
        coordinator.signal(SIGTERM)
        #expect(coordinator.wait() == 143, "\(coordinator.text)")
        #expect(worker.wait() == 1, "\(worker.text)")
        #expect(worker.text.contains("no coordinator answered at \(link.worker[1]) for "))
    }

    /// As `taskset`, `srun` and cpusets of containers leave it.
    @Test func threadsAndWorkersByDefaultAreAsManyAsTheCoresThatAreLeft() throws {
        let runs = try CommandRuns()
        let core = try #require(Cores.available.last)
        let train = try CommandProcess(
            "/usr/bin/taskset",
            ["-c", "\(core)", CommandProcess.executable, "train"]
                + runs.arguments("linear", runs.newDirectory(), steps: 400))
        #expect(train.wait() == 0, "\(train.text)")
        #expect(train.text.contains("worker-1 joined") && !train.text.contains("worker-2 joined"))
        let link = try runs.encrypted()
        let coordinator = try CommandProcess(
            ["coordinator"] + link.coordinator + runs.arguments("linear", runs.newDirectory(), steps: 400))
        let worker = try CommandProcess(
            "/usr/bin/taskset", ["-c", "\(core)", CommandProcess.executable, "worker"] + link.worker)
        #expect(try coordinator.line(containing: "local joined").contains("threads: 1;"))
        #expect(coordinator.wait() == 0 && worker.wait() == 0, "\(worker.text)")
    }

    @Test func aDirectoryInUseAndAPortInUseAreSentences() throws {
        let runs = try CommandRuns()
        let address = "tcp://127.0.0.1:\(LoopbackPort.free())"
        let directory = runs.newDirectory()
        func coordinator(_ directory: String, at address: String, _ more: [String] = []) throws -> CommandProcess {
            try CommandProcess(
                ["coordinator", "--listen", address, "--insecure"] + runs.arguments("linear", directory, steps: 1)
                    + more)
        }
        let first = try coordinator(directory, at: address)
        _ = try first.line(containing: "waiting for workers")
        let sameDirectory = try coordinator(directory, at: "ipc://\(runs.folder)/socket", ["--resume"])
        #expect(sameDirectory.wait() != 0)
        #expect(sameDirectory.text.contains("\(directory) is in use by process \(first.identifier)"))
        let other = runs.newDirectory()
        let samePort = try coordinator(other, at: address)
        #expect(samePort.wait() != 0)
        #expect(samePort.text.contains("port in use: \(address)"))
        #expect(!FileManager.default.fileExists(atPath: other))
        first.signal(SIGTERM)
        #expect(first.wait() == 143)
    }
}
