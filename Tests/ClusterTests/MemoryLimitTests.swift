import Contract
import Foundation
import Synchronization
import Tensors
import Testing
import Training

@testable import Cluster
@testable import Coordination

@Suite struct MemoryLimitTests {
    /// What a worker of one thread holds with the pixels of so many examples, in bytes.
    private func bytes(_ cluster: TestCluster, examples: Int) throws -> Int {
        let program = try TrainingProgram(
            cluster.configuration, trainingExamples: cluster.source.count(.train),
            validationExamples: cluster.source.count(.valid))
        let sizes = BulkSizes(
            parameterBytes: 4 * (program.layout.parameters.count + program.layout.statistics.count),
            partialBytes: program.partialFormat.bytes, evaluationBytes: program.evaluationFormat.bytes,
            exampleBytes: program.bytesPerExample)
        let region = MemoryRegion(process: 0, descriptor: 0, identity: 0, slots: 1, slotBytes: 1)
        let welcome = CoordinatorMessage.Welcome(
            name: "", contract: "", parameterBytes: sizes.parameterBytes, partialBytes: sizes.partialBytes,
            evaluationBytes: sizes.evaluationBytes, exampleBytes: sizes.exampleBytes, chunkBytes: sizes.chunkBytes,
            windowBytes: sizes.windowBytes, memory: region)
        let graphs = Workshop.graphBytes(program, microbatch: cluster.configuration.microbatch, threads: 1)
        return Int(
            MemoryBudget(limit: 0, welcome: welcome, threads: 1, graphs: Int(graphs), duties: 0).bytes(
                examples: examples
            ).rounded(.up))
    }

    /// Room for 2 of 8 shards in each of two workers that compute all of 121 examples, and each other's nodes, too.
    @Test func workersInWhichTheirShardsDoNotFitGetTheSameBits() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.memoryLimit = try bytes(cluster, examples: 50)
        cluster.audit = 1
        cluster.steps = 30
        let outcome = try cluster.run(workers: 2)
        #expect(outcome.step == 30)
        #expect(try cluster.recordedDigests() == cluster.localDigests())
    }

    /// Pixels, sums and parameters would fit by themselves, and so would the graph.
    @Test func whatTheGraphTakesIsAddedToTheRest() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.memoryLimit = try bytes(cluster, examples: 0) - 1
        let interruption = Interruption()
        let coordinator = try CoordinatorProcess(
            cluster.options, reporter: Recorder { _ in }, log: TestCluster.quiet, interruption: interruption)
        let worker = BackgroundWorker(cluster)
        let ending = Mutex<WorkerOutcome?>(nil)
        Thread.detachNewThread {
            let outcome = worker.join()
            ending.withLock { $0 = outcome }
            interruption.request("the worker has ended")
        }
        _ = try coordinator.run()
        let sentence = ending.withLock { $0?.sentence } ?? ""
        let enough = MemoryBudget.text(Double(try bytes(cluster, examples: cluster.configuration.microbatch)))
        #expect(sentence.hasPrefix("the run can need \(enough) of memory here, "), "\(sentence)")
        #expect(sentence.hasSuffix("; give it more with --memory"), "\(sentence)")
    }

    @Test func localWorkersShareTheMemory() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let local = LocalCluster(cluster.options, workers: 4, threads: 1, memory: 8_000_000_000)
        let arguments = local.arguments(ofWorker: 1, "ipc://somewhere")
        #expect(arguments.firstIndex(of: "--memory").map { arguments[$0 + 1] } == "2000.0M")
    }
}
