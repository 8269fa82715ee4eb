import Contract
import FaultyNetwork
import Testing
import Training
import TrainingTestSupport
import VAE

@testable import Cluster

/// −ln p(x), estimated by workers.
@Suite struct ServedEvidenceTests {
    private static let evidence = EvidenceSettings(samples: 20, repeats: 2)

    private struct Bench {
        var cluster: TestCluster
        let program: TrainingProgram
        let state: ModelState

        init(_ source: any ExampleSource, _ configuration: RunConfiguration) throws {
            cluster = try TestCluster()
            cluster.configuration = configuration
            cluster.source = source
            program = try TrainingProgram(cluster.configuration, source: cluster.source)
            state = program.initialState()
        }

        /// On one thread of one process.
        func local(_ weights: Weights = .average) throws -> EvidenceEstimate {
            let count = cluster.source.count(.valid)
            let estimating = try program.estimating(ServedEvidenceTests.evidence, ofImages: count)
            let metrics = try Evaluator(estimating, engine: cluster.engine, source: cluster.source)
                .evaluate(state, weights)
            return try #require(metrics?.evidence)
        }

        func served(workers: Int, threads: Int = 1, _ weights: Weights = .average) throws -> EvidenceEstimate? {
            let group = (0..<workers).map { _ in BackgroundWorker(cluster, threads: threads) }
            defer {
                for worker in group {
                    worker.interrupt()
                    worker.join()
                }
            }
            return try ServedEvidence(
                program, ServedEvidenceTests.evidence, of: cluster.source, in: .valid, engine: cluster.engine
            ).estimate(
                state, weights, listen: cluster.address(), cluster.port == nil ? .none : .insecure,
                reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        }
    }

    /// Also of an average of weights, or of the last ones.
    @Test(arguments: [(1, 1), (2, 1), (3, 2)], [false, true])
    func anyClusterFindsWhatOneThreadFinds(_ cluster: (workers: Int, threads: Int), overTCP: Bool) throws {
        var configuration = RunConfiguration.tinyConvolutions
        configuration.weightAverage = WeightAveraging(decay: 0.5)
        var bench = try Bench(RandomExamples(trainingCount: 100, validationCount: 437), configuration)
        defer { bench.cluster.remove() }
        if overTCP { bench.cluster.port = LoopbackPort.free() }
        let weights: Weights = overTCP ? .last : .average
        let local = try bench.local(weights)
        #expect(local.images.count == 437 && local.repeats == 2)
        #expect(try bench.program.estimating(Self.evidence, ofImages: 437).plan.shards == 2)
        let served = try bench.served(workers: cluster.workers, threads: cluster.threads, weights)
        #expect(served == local)
    }

    /// A model that reads labels is sent them with each image, and what chose some for training does not matter here.
    @Test func labelsAreNoHindrance() throws {
        // The others are of images given labels, so no image has a likelihood by itself.
        let bench = try Bench(LabelledExampleSource(), RunConfiguration.tinyLabelled[2])
        defer { bench.cluster.remove() }
        #expect(try bench.served(workers: 2) == bench.local())
    }

    /// A run whose evaluations estimate −ln p(x): the same on any cluster, in its records, and with the same state as without.
    @Test(arguments: [1, 3]) func aRunRecordsItWithTheSameBits(workers: Int) throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        let without = try cluster.localDigests()
        cluster.configuration.evidence = EvidenceSettings(samples: 7)
        let recorder = Recorder()
        let outcome = try cluster.run(workers: workers, reporter: recorder)
        #expect(outcome.digest == without.last)
        let program = try TrainingProgram(cluster.configuration, source: cluster.source)
        var local = try LocalTrainer(
            program, engine: cluster.engine, source: cluster.source, state: program.initialState())
        try local.train(to: cluster.steps)
        let metrics = try Evaluator(program, engine: cluster.engine, source: cluster.source).evaluate(local.state)
        let found = try #require(recorder.evaluations.last?.evidence)
        #expect(found == metrics?.evidence && found.images.count == 21)
        // `evaluate` has batches and parts of its own.
        let settings = try #require(cluster.configuration.evidence)
        let asked = try Evaluator(
            program.estimating(settings, ofImages: 21), engine: cluster.engine, source: cluster.source
        ).evaluate(local.state)
        #expect(asked?.evidence == found)
        let rows = try MetricsLog.rows(cluster.directory + "/metrics.jsonl")
        let row = try #require(rows.last { $0.split == .valid })
        let nll = try #require(row.others.first { $0.name == "nll" })
        #expect(nll.value == found.negativeLogLikelihood.mean)
        #expect(Set(row.others.map(\.name)).isSuperset(of: ["nll_standard_error", "effective_sample_size"]))
    }
}
