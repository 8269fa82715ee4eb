import Contract
import Coordination
import FaultyNetwork
import Foundation
import Synchronization
import Tensors
import Testing
import Training
import TrainingTestSupport

@testable import Cluster

/// Workers that add gradients and pass on parameters among themselves, over real sockets.
@Suite struct ScatterTests {
    private func cluster(_ wire: WireFormat = .float32) throws -> TestCluster {
        var cluster = try TestCluster()
        cluster.port = LoopbackPort.free()
        cluster.reduction = .scatter
        cluster.configuration.wire = wire
        return cluster
    }

    @Test(arguments: WireFormat.allCases, [2, 3, 5])
    func anyNumberOfThemEqualsOneThreadBitForBit(wire: WireFormat, workers: Int) throws {
        var cluster = try cluster(wire)
        defer { cluster.remove() }
        cluster.steps = 40
        let recorder = Recorder()
        #expect(try cluster.run(workers: workers, reporter: recorder).digest == cluster.localDigests().last)
        #expect(try cluster.recordedDigests() == cluster.localDigests())
    }

    /// The goal of it all: what crosses the coordinator's link is one gradient and one set of parameters, however many they are.
    @Test(arguments: WireFormat.allCases, [2, 4])
    func theCoordinatorsLinkCarriesOneGradientAndOneSetOfParameters(wire: WireFormat, workers: Int) throws {
        var cluster = try cluster(wire)
        defer { cluster.remove() }
        cluster.steps = 1_000_000
        cluster.evaluateEvery = .epochs(1_000_000)
        let program = try TrainingProgram(cluster.configuration, trainingExamples: 100, validationExamples: 21)
        let parameters = 4 * (program.layout.parameters.count + program.layout.statistics.count)
        let gradient = program.partialFormat.bytes
        let interruption = Interruption()
        let found = Mutex((steps: 0, scattered: 0))
        let recorder = Recorder { event in
            guard case .step(let step) = event, step.workers == workers else { return }
            let enough = found.withLock { found in
                found.steps += 1
                let isScattered = step.traffic.partialBytes == gradient && step.traffic.parameterBytes == parameters
                found.scattered = isScattered ? found.scattered + 1 : 0
                return found.scattered == 50 || found.steps == 50_000
            }
            if enough { interruption.request("enough") }
        }
        _ = try cluster.run(workers: workers, reporter: recorder, interruption: interruption)
        let (steps, scattered) = found.withLock { $0 }
        #expect(scattered >= 50, "of \(steps) steps the last \(scattered)")
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
