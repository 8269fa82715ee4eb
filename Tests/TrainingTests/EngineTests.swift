import OneDNN
import Tensors
import Testing
import TrainingTestSupport

@testable import Training

@Suite struct EngineTests {
    static func trainer(_ engine: any Engine) throws -> LocalTrainer {
        let program = try TrainingProgram.tiny()
        return try LocalTrainer(program, engine: engine, source: RandomExamples(), state: program.initialState())
    }

    /// Float32 kernels and the Float64 interpreter start from the same bits and draw the same noise.
    @Test func theEngineTrainsAsTheInterpreterDoes() throws {
        var fast = try Self.trainer(OneDNNEngine())
        var exact = try Self.trainer(Interpreter())
        try fast.train(to: 10)
        try exact.train(to: 10)
        for (left, right) in zip(fast.history.train + fast.history.valid, exact.history.train + exact.history.valid) {
            #expect(
                left.epoch == right.epoch && abs(left.negativeELBO - right.negativeELBO) < 1e-3, "\(left), \(right)")
        }
        #expect(!fast.history.valid.isEmpty)
    }

    @Test func theEngineResumesExactly() throws {
        var straight = try Self.trainer(OneDNNEngine())
        try straight.train(to: 6)
        let contract = try straight.program.contract(engine: OneDNNEngine(), dataFingerprint: "f")
        var half = try Self.trainer(OneDNNEngine())
        try half.train(to: 3)
        let bytes = try Checkpoint(contract: contract, run: "r", state: half.state, history: half.history).encode()
        let saved = try Checkpoint(bytes, file: "a.h5")
        var resumed = try LocalTrainer(
            TrainingProgram(saved.contract), engine: OneDNNEngine(), source: RandomExamples(), state: saved.state,
            history: saved.history)
        try resumed.train(to: 6)
        #expect(resumed.state.digest == straight.state.digest)
    }

    @Test func enginesOfDifferentArithmeticHaveDifferentProbes() throws {
        let program = try TrainingProgram.tiny()
        let probe = try program.probe(engine: OneDNNEngine())
        #expect(try program.probe(engine: OneDNNEngine()) == probe)
        #expect(try program.probe(engine: Interpreter()) != probe)
    }
}
