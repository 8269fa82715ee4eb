import Contract
import Optimizer
import Testing
import TrainingTestSupport

@testable import Training

/// Reference values: scripts/reference/optimizers.py, PyTorch 2.15 in Float64.
@Suite struct OptimizerSettingsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let optimizer: OptimizerSettings
        let expected: [[Double]]
    }

    static let cases = [
        Case(
            testDescription: "adam, weight decay", optimizer: .adam(Adam(weightDecay: 0.1)),
            expected: [
                [0.4900000001, -0.2400000002, 0.990000001, 1.99],
                [0.4802231574, -0.2303356036, 0.9800028316, 1.980272873],
                [0.4709870021, -0.2215656664, 0.9700104115, 1.971238241],
                [0.4628416965, -0.2147030282, 0.9600246795, 1.963646292],
                [0.4566077683, -0.2109872411, 0.9500475898, 1.958547614],
            ]),
        Case(
            testDescription: "adamw", optimizer: .adamW(AdamW(weightDecay: 0.1)),
            expected: [
                [0.4895000001, -0.2397500002, 0.9890009999, 1.988],
                [0.4792532952, -0.2298836305, 0.9782559243, 1.976288535],
                [0.4696165233, -0.2210484721, 0.9681213846, 1.965292778],
                [0.4612167037, -0.2144163728, 0.9592242914, 1.955777417],
                [0.4549704276, -0.2112776823, 0.9524810003, 1.948806227],
            ]),
        Case(
            testDescription: "rmsprop", optimizer: .rmsProp(RMSProp(decay: 0.9, weightDecay: 0.1)),
            expected: [
                [0.4683772244, -0.2183772258, 0.9683772334, 1.968377223],
                [0.4494076292, -0.2006992529, 0.9457911033, 1.949941165],
                [0.4382596528, -0.192733953, 0.9270614345, 1.940129888],
                [0.4344882825, -0.1948776383, 0.9105588774, 1.938919546],
                [0.4387754329, -0.2071177937, 0.895530845, 1.946984606],
            ]),
        Case(
            testDescription: "sgd", optimizer: .sgd(SGD(momentum: 0.9, weightDecay: 0.1)),
            expected: [
                [0.4895, -0.24575, 0.998999, 1.718],
                [0.4725605, -0.23917925, 0.997098401, 1.272482],
                [0.4528423895, -0.2320263957, 0.9943903635, 0.770243318],
                [0.4336432477, -0.2258568005, 0.9909586394, 0.3074582609],
                [0.4179303768, -0.222078308, 0.986879329, -0.02935574879],
            ]),
        Case(
            testDescription: "sgd without momentum", optimizer: .sgd(SGD()),
            expected: [
                [0.49, -0.246, 0.999999, 1.72],
                [0.483, -0.2435, 0.9999983, 1.53],
                [0.479, -0.2425, 0.9999979, 1.43],
                [0.478, -0.243, 0.9999978, 1.42],
                [0.48, -0.245, 0.999998, 1.5],
            ]),
    ]

    @Test(arguments: cases)
    func fiveStepsEqualPyTorch(_ example: Case) {
        var parameters: [Float] = [0.5, -0.25, 1, 2]
        var state = example.optimizer.initialState(4)
        for (step, expected) in example.expected.enumerated() {
            let update = PieceUpdate(
                gradient: AdamTests.gradient(step), pieces: [0..<4], slices: [.init(range: 0..<4, factor: 1)])
            state.apply(
                update, example.optimizer.coefficients(update: step + 1, learningRate: 1e-2), to: &parameters
            ) { _, _ in }
            #expect(
                zip(parameters, expected).allSatisfy { abs(Double($0) - $1) < 5e-7 },
                "update \(step + 1): \(parameters)")
        }
    }

    /// The piece that a gradient's slice lies in, and the factor of its group.
    @Test func slicesOfPiecesAreScaledAndMovedEach() {
        var parameters = [Float](repeating: 0, count: 6)
        var state = OptimizerSettings.sgd(SGD()).initialState(6)
        let update = PieceUpdate(
            gradient: [1, 2, 3, 4, 5, 6], pieces: [0..<4, 4..<6],
            slices: [.init(range: 0..<3, factor: -1), .init(range: 3..<6, factor: -10)])
        state.apply(update, .sgd(SGDCoefficients(momentum: 0, rate: 1, coupled: 0)), to: &parameters) { _, _ in }
        #expect(parameters == [1, 2, 3, 40, 50, 60])
        #expect(state == .velocity([-1, -2, -3, -40, -50, -60]))
    }

    @Test func theAverageIsThatOfItsFormula() {
        let expected: [[Double]] = [
            [0.4918181819, -0.241818182, 0.9918189999, 1.991818182],
            [0.4831366419, -0.2332345809, 0.983138444, 1.983161947],
            [0.4740981179, -0.2246347245, 0.9741010921, 1.974233287],
            [0.4658908346, -0.2176764723, 0.9658950253, 1.96633857],
            [0.4595002192, -0.2137437037, 0.9595054585, 1.960603332],
        ]
        let averaging = WeightAveraging(decay: 0.25)
        var (parameters, state) = ([0.5, -0.25, 1, 2] as [Float], OptimizerSettings.adam(Adam()).initialState(4))
        var average = WeightAverage(parameters: parameters, statistics: [4])
        for (step, expected) in expected.enumerated() {
            let update = PieceUpdate(
                gradient: AdamTests.gradient(step), pieces: [0..<4], slices: [.init(range: 0..<4, factor: 1)])
            state.apply(
                update, OptimizerSettings.adam(Adam()).coefficients(update: step + 1, learningRate: 1e-2),
                to: &parameters
            ) { _, _ in }
            average.move(towards: parameters, 0..<4, share: averaging.share(update: step + 1))
            #expect(zip(average.parameters, expected).allSatisfy { abs(Double($0) - $1) < 5e-7 })
        }
        average.move(towards: [8], share: 0.5)
        #expect(average.statistics == [6])
        #expect(averaging.share(update: 1) == Float(1 - 2.0 / 11) && averaging.share(update: 99) == 0.75)
    }

    /// What contracts had before there was a choice is what they have.
    @Test func adamIsWrittenAsItEverWas() throws {
        func text(_ optimizer: OptimizerSettings) throws -> String {
            try ConfigurationNode(encoding: optimizer).description
        }
        #expect(try text(.adam(Adam())) == #"{"adam":{"beta1":0.9,"beta2":0.999,"epsilon":1e-08}}"#)
        #expect(try text(.sgd(SGD(momentum: 0.5))) == #"{"sgd":{"momentum":0.5,"weight_decay":0}}"#)
        for example in Self.cases {
            let node = try ConfigurationNode(encoding: example.optimizer)
            #expect(try node.decode(OptimizerSettings.self) == example.optimizer)
        }
        #expect(try ConfigurationNode(json: #"{"adamw":{}}"#)!.decode(OptimizerSettings.self) == .adamW(AdamW()))
        let both = ConfigurationNode(json: #"{"adam":{},"sgd":{}}"#)!
        let error = #expect(throws: ConfigurationProblem.self) { try both.decode(OptimizerSettings.self) }
        #expect(error?.description.contains("one optimizer is expected here, of adam, adamw, rmsprop, sgd") == true)
        #expect(
            RunConfiguration.tiny.node["weight_average"] == nil && RunConfiguration.tiny.node["early_stopping"] == nil)
    }

    /// The state comes back from a file, and training goes on with the same bits; a model is judged with its average.
    @Test(arguments: cases.map(\.optimizer))
    func aRunGoesOnFromItsCheckpoint(_ optimizer: OptimizerSettings) throws {
        var configuration = RunConfiguration.tiny
        configuration.optimizer = optimizer
        configuration.weightAverage = WeightAveraging(decay: 0.9)
        let program = try TrainingProgram.tiny(configuration)
        var straight = try LocalTrainer.tiny(program)
        try straight.train(to: 5)
        var first = try LocalTrainer.tiny(program)
        try first.train(to: 3)
        let saved = Checkpoint(
            contract: try program.contract(engine: CheckpointTests.engine, dataFingerprint: "f"), run: "0123",
            state: first.state, history: first.history)
        let read = try Checkpoint(saved.encode(), file: "a.h5")
        #expect(read.state.optimizer == first.state.optimizer && read.state.average == first.state.average)
        #expect(read.state.digest == first.state.digest)
        var second = try LocalTrainer(
            TrainingProgram(read.contract), engine: CheckpointTests.engine, source: RandomExamples(), state: read.state,
            history: read.history)
        try second.train(to: 5)
        #expect(second.state.digest == straight.state.digest)
        let evaluator = try Evaluator(program, engine: CheckpointTests.engine, source: RandomExamples())
        let (average, last) = (
            try evaluator.evaluate(second.state), try evaluator.evaluate(second.state, .last)
        )
        #expect(average != last && average?.negativeELBO == second.history.valid.last?.negativeELBO)
        var swapped = second.state
        swapped.parameters = try #require(second.state.average).parameters
        swapped.statistics = try #require(second.state.average).statistics
        #expect(try evaluator.evaluate(swapped, .last) == average)
    }
}
