import Contract
import Storage
import Testing

@testable import Training

@Suite struct CadenceTests {
    @Test(arguments: [
        ("2epochs", Cadence.epochs(2)), ("1epoch", .epochs(1)), ("200steps", .steps(200)), ("1 step", .steps(1)),
        ("5 epochs", .epochs(5)),
    ])
    func aCadenceIsANumberOfEpochsOrSteps(text: String, cadence: Cadence) {
        #expect(Cadence(text) == cadence)
        #expect(Cadence(cadence.description) == cadence)
    }

    @Test(arguments: [
        "", "5", "epochs", "0steps", "-1steps", "1.5epochs", "2e", "2 Epochs", "steps5", "5stepss", "٣steps",
        "99999999999999999999steps", "1000000001steps",
    ])
    func anythingElseIsNone(text: String) {
        #expect(Cadence(text) == nil)
    }

    /// 100 examples in steps of 16: epochs end after the steps 7, 13, 19, 25.
    private static let plan = try! ShardPlan(examples: 100, shards: 4, microbatch: 4)

    @Test(arguments: [
        (Cadence.epochs(1), [7, 13, 19, 25]), (.epochs(2), [13, 25]), (.epochs(5), []), (.steps(8), [8, 16, 24]),
        (.steps(1), Array(1...25)),
    ])
    func itIsDueAfterTheSameStepsInEveryRun(cadence: Cadence, steps: [Int]) {
        #expect((0...25).filter { cadence.isDue(afterSteps: $0, plan: Self.plan) } == steps)
    }

    /// What pictures come, where a step takes so many seconds.
    private func pictures(_ every: Cadence?, steps: Int, seconds: Int, from first: Int = 0) -> [PictureMoment] {
        var schedule = PictureSchedule(every: every, plan: Self.plan, totalSteps: steps)
        return (first...steps).compactMap { schedule.take(afterSteps: $0, at: .seconds($0 * seconds)) }
    }

    @Test func picturesComeAfterEpochsAMinuteApartAndAtTheEnd() {
        #expect(pictures(nil, steps: 25, seconds: 1000) == [.epoch(1), .epoch(2), .epoch(3), .epoch(4)])
        #expect(pictures(nil, steps: 25, seconds: 6) == [.epoch(1), .epoch(3), .epoch(4)])
        #expect(pictures(nil, steps: 700, seconds: 0) == [.epoch(1), .epoch(112)])
        #expect(pictures(nil, steps: 3, seconds: 1) == [.step(3)])
        #expect(pictures(nil, steps: 8, seconds: 1) == [.epoch(1), .step(8)])
    }

    @Test func picturesComeAsOftenAsAskedAndAtTheEnd() {
        #expect(pictures(.epochs(2), steps: 30, seconds: 0) == [.epoch(2), .epoch(4), .step(30)])
        #expect(pictures(.steps(7), steps: 16, seconds: 0) == [.step(7), .step(14), .step(16)])
    }

    @Test func picturesOfOneStateAreDrawnOnce() {
        var schedule = PictureSchedule(every: .steps(1), plan: Self.plan, totalSteps: 9)
        #expect(schedule.take(afterSteps: 3, at: .zero) == .step(3))
        #expect(schedule.take(afterSteps: 3, at: .seconds(99)) == nil)
    }

    /// A checkpoint of an earlier program has no column of steps.
    @Test func evaluationsOfEarlierCheckpointsAreThoseOfEpochEnds() throws {
        let group = try File.create(inMemory: .latest, named: "history").root.createGroup("valid")
        _ = try group.write("epoch", [1, 3], shape: [2], layout: .contiguous)
        for name in ["reconstruction", "divergence"] {
            _ = try group.write(name, [1.0, 2.0], shape: [2], layout: .contiguous)
        }
        #expect(try Checkpoint.readEpochs(group, Self.plan).map(\.step) == [7, 19])
    }
}
