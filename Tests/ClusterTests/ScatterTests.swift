import Contract
import Coordination
import FaultyNetwork
import Foundation
import Messaging
import Synchronization
import Tensors
import Testing
import Training
import TrainingTestSupport

@testable import Cluster

/// Workers that add gradients and pass on parameters among themselves, over real sockets.
@Suite struct ScatterTests {
    private func cluster(_ wire: WireFormat = .float32, _ reduction: Reduction = .scatter) throws -> TestCluster {
        var cluster = try TestCluster()
        cluster.port = LoopbackPort.free()
        cluster.reduction = reduction
        cluster.configuration.wire = wire
        // Beside other tests a worker may be late; whoever was rests for a moment, or the run would be over before its rest is.
        cluster.timing.reminder = .seconds(1)
        return cluster
    }

    /// What crosses the coordinator's link is one gradient and one set of parameters, however many workers there are, and the bits are one
    /// thread's. Connections between workers take some steps to come up, so it ends when fifty on end went their way.
    @Test(
        arguments: WireFormat.allCases,
        [(Reduction.scatter, 2), (.scatter, 3), (.scatter, 5), (.groups, 3), (.groups, 5)])
    func aStepMovesOneGradientAndOneSetOfParametersAndNoBitChanges(
        wire: WireFormat, way: (reduction: Reduction, workers: Int)
    ) throws {
        let workers = way.workers
        var cluster = try cluster(wire, way.reduction)
        defer { cluster.remove() }
        cluster.steps = 1_000_000
        cluster.evaluateEvery = .epochs(1_000_000)
        let program = try TrainingProgram(cluster.configuration, trainingExamples: 100, validationExamples: 21)
        let parameters = 4 * (program.layout.parameters.count + program.layout.statistics.count)
        let gradient = program.partialFormat.bytes
        let interruption = Interruption()
        let scattered = Mutex(0)
        let recorder = Recorder { event in
            guard case .step(let step) = event else { return }
            let isScattered = step.traffic.partialBytes == gradient && step.traffic.parameterBytes == parameters
            let inARow = scattered.withLock { count in
                count = isScattered && step.workers == workers ? count + 1 : 0
                return count
            }
            if inARow == 50 || step.step == 20_000 { interruption.request("enough") }
        }
        let outcome = try cluster.run(workers: workers, reporter: recorder, interruption: interruption)
        #expect(scattered.withLock { $0 } >= 50, "after \(outcome.step) steps")
        cluster.steps = outcome.step
        #expect(try cluster.recordedDigests() == cluster.localDigests())
    }

    /// Half of the steps are computed again without duties, and none differs: else no step would be scattered after it.
    @Test(arguments: WireFormat.allCases, [Reduction.scatter, .groups])
    func auditedStepsAgreeAndNoBitChanges(wire: WireFormat, reduction: Reduction) throws {
        var cluster = try cluster(wire, reduction)
        defer { cluster.remove() }
        cluster.steps = 1_000_000
        cluster.evaluateEvery = .epochs(1_000_000)
        cluster.audit = 0.5
        let program = try TrainingProgram(cluster.configuration, trainingExamples: 100, validationExamples: 21)
        let gradient = program.partialFormat.bytes
        let interruption = Interruption()
        let counts = Mutex((scattered: 0, again: 0))
        let recorder = Recorder { event in
            guard case .step(let step) = event else { return }
            let isEnough = counts.withLock { counts in
                if step.traffic.partialBytes == gradient {
                    counts.scattered += 1
                } else if counts.scattered > 0, step.traffic.partialBytes > 2 * gradient {
                    counts.again += 1
                }
                return counts.again >= 20 && step.traffic.partialBytes == gradient
            }
            if isEnough || step.step == 20_000 { interruption.request("enough") }
        }
        let outcome = try cluster.run(workers: 3, reporter: recorder, interruption: interruption)
        #expect(outcome.step < 20_000, "\(counts.withLock { $0 })")
        cluster.steps = outcome.step
        #expect(try cluster.recordedDigests() == cluster.localDigests())
    }

    /// A worker beside its coordinator is there for its machine alone, unless it says where others reach it.
    @Test(arguments: [nil, "head:7079"]) func aDoorThatIsAdvertisedIsOpenToOtherMachines(_ advertised: String?) throws {
        let context = try Context()
        var door = WorkerOptions.Door()
        (door.port, door.advertised) = (LoopbackPort.free(), advertised)
        let key = try KeyPair.random()
        let keys = WorkerKeys(name: "local", key: key, coordinator: key.publicKey)
        let post = try PeerPost(
            door, coordinator: Endpoint("tcp://127.0.0.1:7077"), security: .keys(keys), in: context)
        // Another address of the same port is free where only the loopback's is taken.
        var options = SocketOptions()
        options.security = .insecure
        let other = try Socket(.router, in: context, options: options)
        let isOpenToAll = (try? other.listen(on: Endpoint("tcp://127.0.0.2:\(door.port)"))) == nil
        #expect(isOpenToAll == (advertised != nil))
        #expect(post.address == (advertised.map { "tcp://\($0)" } ?? ":\(door.port)"))
    }
}

/// The same with processes of the real command, which are killed, and with keys.
@Suite(.serialized, .enabled(if: CommandProcess.isBuilt, "the tributary command is not built"))
struct ScatteredCommandTests {
    @Test(arguments: [[], ["--wire", "bf16"]]) func whoAddsForOthersMayDie(options: [String]) throws {
        let runs = try CommandRuns()
        let links = try runs.encrypted()
        let directory = runs.newDirectory()
        var arguments = runs.arguments("convolutions", directory, steps: CommandRuns.endless)
        if !options.isEmpty { arguments += options }
        let coordinator = try CommandProcess(["coordinator", "--reduce", "scatter"] + links.coordinator + arguments)
        let workers = try (0..<3).map { _ in
            try CommandProcess(["worker", "--threads", "1"] + links.worker)
        }
        _ = try coordinator.line(containing: "local, local/2, local/3 add the gradients")
        try runs.wait(for: 2, in: directory, of: coordinator)
        workers[1].signal(SIGKILL)
        _ = try coordinator.line(containing: "is gone (connection lost; workers: 2)")
        try runs.wait(for: runs.digests(directory).count + 2, in: directory, of: coordinator)
        let late = try CommandProcess(["worker", "--threads", "1"] + links.worker)
        try runs.wait(for: runs.digests(directory).count + 4, in: directory, of: coordinator)
        coordinator.signal(SIGINT)
        #expect(coordinator.wait() == 130, "\(coordinator.text)")
        for worker in workers + [late] {
            worker.signal(SIGKILL)
            worker.wait()
        }
        let rows = try runs.digests(directory)
        let quiet = runs.newDirectory()
        try runs.train(
            "convolutions", workers: 1, quiet, steps: rows.count * CommandRuns.period, options)
        #expect(try runs.digests(quiet) == rows)
    }
}
