import Files
import Foundation
import Hashing
import Testing
import Training
import TrainingTestSupport

@testable import Cluster

/// The best checkpoint of whole runs.
@Suite struct BestCheckpointTests {
    private static func cluster() throws -> TestCluster {
        var cluster = try TestCluster()
        cluster.evaluateEvery = .steps(2)
        cluster.steps = 15
        // High enough that it is not the last state.
        cluster.configuration.learningRate = LearningRateSchedule(base: 0.3)
        return cluster
    }

    private static func best(_ cluster: TestCluster) throws -> Checkpoint {
        try CheckpointStore(directory: cluster.directory + "/checkpoints").readBest()
    }

    /// What one thread finds: the first of the lowest evaluations.
    private static func expected(_ cluster: TestCluster) throws -> (row: History.Epoch, digest: String) {
        let program = try TrainingProgram(
            cluster.configuration, trainingExamples: cluster.source.count(.train),
            validationExamples: cluster.source.count(.valid))
        func trainer() throws -> LocalTrainer {
            try LocalTrainer(
                program, engine: cluster.engine, source: cluster.source, state: program.initialState(),
                evaluationEvery: cluster.evaluateEvery)
        }
        var whole = try trainer()
        try whole.train(to: cluster.steps)
        let row = try #require(whole.history.best)
        var part = try trainer()
        try part.train(to: row.step)
        return (row, part.state.digest.description)
    }

    @Test(arguments: 1...3) func itIsTheSameOnAnyCluster(workers: Int) throws {
        let cluster = try Self.cluster()
        defer { cluster.remove() }
        _ = try cluster.run(workers: workers)
        let (best, expected) = (try Self.best(cluster), try Self.expected(cluster))
        #expect(expected.row.step < cluster.steps, "a later state is not the best")
        #expect(best.state.step == expected.row.step)
        #expect(best.heldOutNegativeELBO == expected.row.negativeELBO)
        #expect(best.state.digest.description == expected.digest)
    }

    @Test func anInterruptedRunFindsTheSame() throws {
        var cluster = try Self.cluster()
        defer { cluster.remove() }
        for stop in [3, 8] {
            let interruption = Interruption()
            let recorder = Recorder { event in
                if case .step(let step) = event, step.step == stop { interruption.request("the test") }
            }
            _ = try cluster.run(workers: 2, reporter: recorder, interruption: interruption)
            cluster.resume = true
        }
        _ = try cluster.run(workers: 2)
        let (best, expected) = (try Self.best(cluster), try Self.expected(cluster))
        #expect(best.state.step == expected.row.step)
        #expect(best.state.digest.description == expected.digest)
    }

    @Test func nothingHeldOutMeansNone() throws {
        var cluster = try Self.cluster()
        defer { cluster.remove() }
        cluster.source = RandomExamples(trainingCount: 100, validationCount: 0)
        _ = try cluster.run(workers: 1)
        #expect(FileStatus(cluster.directory + "/checkpoints/best.h5") == nil)
    }
}
