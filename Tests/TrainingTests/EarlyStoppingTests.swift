import Tensors
import Testing
import TrainingTestSupport

@testable import Training

@Suite struct EarlyStoppingTests {
    private func history(_ values: [Double]) -> History {
        var history = History()
        history.valid = values.enumerated().map {
            History.Epoch(step: $0 + 1, epoch: $0 + 1, reconstruction: $1, divergence: 0)
        }
        return history
    }

    @Test(
        arguments: [
            ([], 0.0, 0), ([5], 0, 0), ([5, 4, 3], 0, 0), ([5, 4, 4, 4], 0, 2), ([5, 6, 7], 0, 2),
            ([5, 6, 4, 6], 0, 1),
            ([5, .nan, .infinity], 0, 2), ([.nan, .nan], 0, 2), ([5, 4.5, 4], 0.75, 0), ([5, 4.5, 4.3], 0.75, 2),
            ([5, 4.6, 4.3, 4], 0.5, 1), ([5, 4, 3.5], 0.5, 1),
        ] as [([Double], Double, Int)])
    func evaluationsThatAreNoBetterAreCounted(_ values: [Double], _ least: Double, _ count: Int) {
        #expect(history(values).evaluationsWithoutImprovement(of: least) == count)
        let rule = EarlyStopping(patience: 2, minimumImprovement: least)
        #expect(rule.ends(history(values)) == (count >= 2))
    }

    @Test func theReasonSaysHowMuchAnImprovementIs() {
        let reason = "of the held-out images gave no improvement"
        #expect(EarlyStopping(patience: 1).reason == "the last evaluation \(reason)")
        #expect(
            EarlyStopping(patience: 2, minimumImprovement: 5).reason
                == "the last 2 evaluations \(reason) of more than 5.0 nats (minimum_improvement)")
    }

    /// Without a minimum, what counts is what makes a state the best.
    @Test func theCountBeginsAtTheBest() {
        let values = [5.0, 4, 6, 4, 3.9, 7, 7, 8]
        for end in 1...values.count {
            let history = history(Array(values[..<end]))
            #expect(history.evaluationsWithoutImprovement(of: 0) == end - history.best!.step)
        }
    }

    private static let rising = {
        var configuration = RunConfiguration.tiny
        configuration.learningRate = LearningRateSchedule(base: 0.5)
        configuration.earlyStopping = EarlyStopping(patience: 2)
        return configuration
    }()

    private func trainer(_ state: ModelState? = nil, _ history: History = History()) throws -> LocalTrainer {
        let program = try TrainingProgram.tiny(Self.rising)
        return try LocalTrainer(
            program, engine: Interpreter(), source: RandomExamples(), state: state ?? program.initialState(),
            history: history, evaluationEvery: .steps(2))
    }

    /// Going on from any state of it, before or after the evaluation that decides, ends where it ended.
    @Test func aRunEndsAtTheSameStepHoweverOftenItIsStopped() throws {
        var whole = try trainer()
        try whole.train(to: 60)
        let end = whole.state.step
        #expect(end < 60 && whole.history.valid.count >= 3)
        #expect(whole.history.valid.last?.step == end)
        for stop in [1, end - 2, end - 1, end] {
            var part = try trainer()
            while part.state.step < stop { try part.train(to: min(stop, part.state.step + 2 - part.state.step % 2)) }
            // A stop between evaluations evaluates once more, as a run that ends there does; one that is killed does not.
            var history = part.history
            history.valid.removeAll { $0.step % 2 == 1 }
            if stop == end { history.valid.removeLast() }
            var rest = try trainer(part.state, history)
            try rest.train(to: 60)
            #expect(rest.state.step == end && rest.state.digest == whole.state.digest, "stopped at \(stop)")
            #expect(rest.history.valid == whole.history.valid)
        }
    }

    @Test func withoutHeldOutImagesItIsRefused() throws {
        let error = #expect(throws: (any Error).self) {
            try TrainingProgram.tiny(Self.rising, RandomExamples(validationCount: 0))
        }
        #expect(error.map { "\($0)" }?.hasPrefix("early_stopping: there are no held-out images") == true)
    }
}
