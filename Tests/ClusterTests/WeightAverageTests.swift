import Contract
import FaultyNetwork
import Hashing
import Testing
import Training
import TrainingTestSupport
import VAE

@testable import Cluster

/// Clusters whose runs have blocks, another optimizer, an average of the weights, and a rule that stops them.
@Suite struct WeightAverageTests {
    /// Too high a rate, so that held-out images get worse.
    private static func cluster() throws -> TestCluster {
        var cluster = try TestCluster()
        cluster.configuration.model.encoder = [
            .convolution(filters: 2, window: 3, padding: 1), .groupNormalization(groups: 2), .silu,
            .maxPooling(window: 2),
            .residual(
                .convolution(filters: 3, window: 3, padding: 1), .batchNormalization(), .dropout(probability: 0.25)),
            .flatten,
        ]
        cluster.configuration.optimizer = .adamW(AdamW(weightDecay: 0.1))
        cluster.configuration.weightAverage = WeightAveraging(decay: 0.8)
        cluster.configuration.learningRate = LearningRateSchedule(base: 0.3)
        cluster.evaluateEvery = .steps(2)
        return cluster
    }

    private static func trainer(_ cluster: TestCluster) throws -> LocalTrainer {
        let program = try TrainingProgram(
            cluster.configuration, trainingExamples: cluster.source.count(.train),
            validationExamples: cluster.source.count(.valid))
        return try LocalTrainer(
            program, engine: cluster.engine, source: cluster.source, state: program.initialState(),
            evaluationEvery: cluster.evaluateEvery)
    }

    /// Over sockets and through memory: what is evaluated is the average, what is trained is not.
    @Test(arguments: [1, 2, 3], [false, true])
    func anyClusterEqualsOneThreadBitForBit(workers: Int, overTCP: Bool) throws {
        var cluster = try Self.cluster()
        defer { cluster.remove() }
        if overTCP { cluster.port = LoopbackPort.free() }
        let recorder = Recorder()
        let outcome = try cluster.run(workers: workers, reporter: recorder)
        var local = try Self.trainer(cluster)
        try local.train(to: cluster.steps)
        #expect(outcome.digest == local.state.digest.description)
        #expect(try cluster.recordedDigests() == cluster.localDigests())
        #expect(recorder.evaluations.map(\.negativeELBO) == local.history.valid.map(\.negativeELBO))
        let last = try Evaluator(local.program, engine: cluster.engine, source: cluster.source)
            .evaluate(local.state, .last)
        #expect(last?.negativeELBO != recorder.evaluations.last?.negativeELBO)
    }

    @Test func anInterruptedRunGoesOnWithTheSameBits() throws {
        var cluster = try Self.cluster()
        defer { cluster.remove() }
        let interruption = Interruption()
        let recorder = Recorder { event in
            if case .step(let step) = event, step.step == 4 { interruption.request("the test") }
        }
        _ = try cluster.run(workers: 2, reporter: recorder, interruption: interruption)
        cluster.resume = true
        #expect(try cluster.run(workers: 3).digest == cluster.localDigests().last)
        #expect(try cluster.recordedDigests() == cluster.localDigests())
    }

    private static func stoppingCluster() throws -> TestCluster {
        var cluster = try cluster()
        cluster.configuration.earlyStopping = EarlyStopping(patience: 2)
        cluster.steps = 200
        return cluster
    }

    private static func stops(_ recorder: Recorder) -> [String] {
        recorder.all.compactMap { if case .stoppedEarly(let sentence) = $0 { sentence } else { nil } }
    }

    @Test(arguments: 1...3) func aRunStopsAtTheSameStepOnAnyCluster(workers: Int) throws {
        let cluster = try Self.stoppingCluster()
        defer { cluster.remove() }
        var local = try Self.trainer(cluster)
        try local.train(to: cluster.steps)
        let best = try #require(local.history.best)
        let recorder = Recorder()
        let outcome = try cluster.run(workers: workers, reporter: recorder)
        #expect(outcome.reason == .completed && outcome.step == local.state.step && outcome.step < cluster.steps)
        #expect(outcome.digest == local.state.digest.description)
        let sentences = Self.stops(recorder)
        #expect(
            sentences.count == 1
                && sentences[0].hasPrefix("the run stops after step \(outcome.step), as the last 2 evaluations"))
        #expect(sentences[0].contains("after step \(best.step)"))
        let saved = try CheckpointStore(directory: cluster.directory + "/checkpoints").readBest()
        #expect(saved.state.step == best.step)
    }

    /// Interrupted in the step before the evaluation that decides, and in steps before; then asked to go on once more.
    @Test(arguments: [1, 2, 5]) func anInterruptedRunStopsAtTheSameStep(before: Int) throws {
        var cluster = try Self.stoppingCluster()
        defer { cluster.remove() }
        var local = try Self.trainer(cluster)
        try local.train(to: cluster.steps)
        let last = local.state.step
        let interruption = Interruption()
        let recorder = Recorder { event in
            if case .step(let step) = event, step.step + 1 == last - before { interruption.request("the test") }
        }
        let stopped = try cluster.run(workers: 2, reporter: recorder, interruption: interruption)
        #expect(stopped.reason == .interrupted("the test") && stopped.step <= last)
        cluster.resume = true
        #expect(try cluster.run(workers: 3).digest == local.state.digest.description)
        let again = Recorder()
        let outcome = try cluster.run(workers: 1, reporter: again)
        #expect(outcome.reason == .completed && outcome.step == last && Self.stops(again).count == 1)
        #expect(outcome.digest == local.state.digest.description)
    }
}
