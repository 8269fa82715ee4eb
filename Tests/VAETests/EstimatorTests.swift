import Glibc
import Tensors
import Testing

@testable import VAE

/// Gradient estimators against the exact gradient of a model of three binary latents, by enumeration of their eight values.
@Suite struct EstimatorTests {
    private static let image = [0.1, 0.9, 0.2, 0.8, 0.6, 0.4]
    private static let rows = 256
    private static let runs = 40

    private static func model(
        _ estimator: Estimator, _ latents: Latents = .bernoulli(3), predicting prediction: ImagePrediction? = nil
    ) throws -> VariationalAutoencoder {
        let tiny = TinyModels.linear
        var images = tiny.images
        images.prediction = prediction
        return try VariationalAutoencoder(
            ModelDescription(
                images: images, encoder: tiny.encoder, latents: latents,
                decoder: [
                    .linear(units: 4), .tanh, .linear(units: 6), .reshape(1, 2, 3),
                ]), Objective(likelihood: .bernoulli, estimator: estimator))
    }

    /// Parameters far from where training begins, so that nothing is nearly zero.
    private static func point(_ model: VariationalAutoencoder) -> [Double] {
        model.initialParameters(seed: 4).map { 3 * Double($0) }
    }

    /// ∇ Σ_z q(z|x) (ln q(z|x) − ln p(x, z)).
    private static func exactGradient(_ model: VariationalAutoencoder) -> [Double] {
        let pixels = Tensor.input("pixels", [1, 1, 2, 3])
        let x = model.description.images.prepared(pixels)
        var scope = Scope(.training, pixels: x, model.description, model.objective, model.encoder, model.decoder)
        let q = scope.posterior(of: x)
        let expectations = (0..<8).map { number -> Tensor in
            let bits = (0..<3).map { Tensor.constant(Float(number >> $0 & 1), [1, 1]) }
            let z = Tensor.concatenate(bits, axis: 1)
            let logDensity = q.logDensity(of: z)
            let cost = logDensity - q.priorLogDensity(of: z) - scope.likelihood(of: z).logDensity(of: x)
            return exp(logDensity) * cost
        }
        let loss = expectations.dropFirst().reduce(expectations[0], +)
        let trained = model.parameters.slices.map { Tensor.parameter($0.name, $0.shape) }
        let graph = Graph(
            parameters: model.parameters, inputs: SliceTable([("pixels", [1, 1, 2, 3])]),
            outputs: zip(model.parameters.slices, gradients(of: loss.sum(), withRespectTo: trained)).map {
                ($0.name, $1)
            })
        return Interpreter.run(graph, parameters: point(model), inputs: image)
    }

    /// The mean gradient of one image over many draws, and the standard error of each of its numbers.
    private static func estimate(
        _ model: VariationalAutoencoder, statistics: [Double] = [], scheduled: [Double] = [1]
    ) throws -> (mean: [Double], error: [Double]) {
        let graph = try model.trainingGraph(microbatch: rows)
        let inputs = (0..<rows).flatMap { _ in image } + scheduled
        let count = model.parameters.count
        var (sum, squares) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for run in 0..<runs {
            let keys = NoiseKeys(
                seed: 5, passes: Array(repeating: UInt32(run), count: rows), examples: (0..<rows).map(UInt32.init))
            let results = Interpreter.run(
                graph, parameters: point(model), statistics: statistics, inputs: inputs, noise: keys)
            for index in 0..<count {
                let gradient = results[index] / Double(rows)
                sum[index] += gradient
                squares[index] += gradient * gradient
            }
        }
        let mean = sum.map { $0 / Double(runs) }
        let error = zip(mean, squares).map { (max(0, $1 / Double(runs) - $0 * $0) / Double(runs - 1)).squareRoot() }
        return (mean, error)
    }

    /// The greatest distance from the exact gradient, in standard errors.
    private static func distance(_ estimate: (mean: [Double], error: [Double]), from exact: [Double]) -> Double {
        zip(zip(estimate.mean, estimate.error), exact).map { estimate, exact in
            abs(estimate.0 - exact) / (estimate.1 + 1e-9)
        }.max()!
    }

    @Test(arguments: [
        ScoreFunction(samples: 1, baseline: .none), ScoreFunction(samples: 1, baseline: .runningMean),
        ScoreFunction(samples: 1, baseline: .movingAverage), ScoreFunction(samples: 2, baseline: .leaveOneOut),
        ScoreFunction(samples: 4, baseline: .leaveOneOut),
    ])
    func scoreFunctionsHaveNoBias(formula: ScoreFunction) throws {
        let model = try Self.model(.scoreFunction(formula))
        let statistics = model.statistics.count == 0 ? [] : [4.0]
        let estimate = try Self.estimate(model, statistics: statistics)
        #expect(Self.distance(estimate, from: Self.exactGradient(model)) < 5)
    }

    /// Two layers of bits above the image, whose divergence is estimated, and two between its halves, which have none.
    @Test(arguments: [
        ScoreFunction(samples: 1, baseline: .runningMean), ScoreFunction(samples: 2, baseline: .leaveOneOut),
    ])
    func scoreFunctionsOfLayersOfBitsHaveNoBias(formula: ScoreFunction) throws {
        for model in [
            try Self.model(.scoreFunction(formula), .beliefNetwork([2, 1])),
            try Self.model(.scoreFunction(formula), .stochasticLayers([1, 2]), predicting: .lowerHalf),
        ] {
            let statistics = [Double](repeating: 0.5, count: model.statistics.count)
            let estimate = try Self.estimate(model, statistics: statistics)
            #expect(Self.distance(estimate, from: Self.exactGradient(model)) < 5)
        }
    }

    @Test func baselinesTakeVarianceAway() throws {
        func variance(_ formula: ScoreFunction, _ statistics: [Double] = []) throws -> Double {
            try Self.estimate(Self.model(.scoreFunction(formula)), statistics: statistics).error.reduce(0) {
                $0 + $1 * $1
            }
        }
        let none = try variance(ScoreFunction(samples: 2, baseline: .none))
        let mean = try variance(ScoreFunction(samples: 2, baseline: .runningMean), [4])
        let leaveOneOut = try variance(ScoreFunction(samples: 2, baseline: .leaveOneOut))
        #expect(mean < none / 2 && leaveOneOut < none / 2)
    }

    /// What flows through a stand-in for the sample is biased, and less so the sharper the stand-in is.
    @Test func relaxedGradientsAreBiasedAndLessSoWhenSharp() throws {
        func bias(_ sample: Relaxed.Sample, _ scheduled: [Double]) throws -> (inErrors: Double, length: Double) {
            let model = try Self.model(.relaxed(Relaxed(sample: sample)))
            let exact = Self.exactGradient(model)
            let estimate = try Self.estimate(model, scheduled: scheduled)
            let length = zip(estimate.mean, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            return (Self.distance(estimate, from: exact), length)
        }
        let order = try Self.model(.relaxed(Relaxed(sample: .soft))).scheduled
        #expect(order == [.temperature, .divergenceWeight])
        let (wide, sharp) = (try bias(.soft, [1, 1]), try bias(.soft, [0.2, 1]))
        #expect(wide.inErrors > 5 && sharp.length < wide.length / 2)
        #expect(try bias(.straightThrough, [1]).inErrors > 5)
    }

    // MARK: - Importance weights

    private static func weighted(_ samples: Int, _ gradient: ImportanceWeighted.Gradient) throws
        -> VariationalAutoencoder
    {
        try model(.importanceWeighted(ImportanceWeighted(samples: samples, gradient: gradient)), .gaussian(2))
    }

    /// Both estimators have one expectation; the decoder's part is the same number.
    @Test func bothGradientsOfTheBoundMeet() throws {
        let plain = try Self.weighted(4, .reparameterized)
        let double = try Self.weighted(4, .doublyReparameterized)
        let (one, other) = (try Self.estimate(plain, scheduled: []), try Self.estimate(double, scheduled: []))
        for (index, slice) in plain.parameters.slices.enumerated() {
            for element in slice.range {
                let difference = abs(one.mean[element] - other.mean[element])
                let isDecoder = !plain.parameters.slices[index].name.hasPrefix("encoder/")
                let bound = isDecoder ? 1e-12 : 5 * (one.error[element] + other.error[element] + 1e-9)
                #expect(difference <= bound, "\(slice.name)")
            }
        }
    }

    /// With more samples the bound comes nearer to the evidence from above, as −ln w does.
    @Test func theBoundFallsWithTheNumberOfSamples() throws {
        let bounds = try [1, 2, 8, 32].map { samples -> Double in
            let model = try Self.weighted(samples, .reparameterized)
            let graph = try model.trainingGraph(microbatch: Self.rows)
            let results = Interpreter.run(
                graph, parameters: Self.point(model), inputs: (0..<Self.rows).flatMap { _ in Self.image },
                noise: TinyModels.keys(Self.rows))
            return results.last! / Double(Self.rows)
        }
        #expect(bounds == bounds.sorted(by: >) && bounds[0] - bounds[3] > 0.01)
    }

    /// The mean of several samples has one sample's expectation and a smaller error.
    @Test func moreSamplesOfTheEvidenceBoundAgree() throws {
        let one = try Self.model(.evidenceLowerBound(.init(samples: 1)), .gaussian(2))
        let many = try Self.model(.evidenceLowerBound(.init(samples: 8)), .gaussian(2))
        let (first, second) = (try Self.estimate(one), try Self.estimate(many))
        for index in first.mean.indices {
            let bound = 5 * (first.error[index] + second.error[index] + 1e-9)
            #expect(abs(first.mean[index] - second.mean[index]) <= bound)
        }
        #expect(second.error.reduce(0, +) < first.error.reduce(0, +) / 2)
    }

    // MARK: - Refusals

    @Test func spatialLatentsNeedAnEncoderThatEndsInTheirPlaces() {
        var description = TinyModels.spatial
        description.encoder.append(.flatten)
        #expect {
            try VariationalAutoencoder(description, Objective(likelihood: .bernoulli))
        } throws: { "\($0)".contains("must end with an image of 1 × 2") }
    }

    @Test func whatDoesNotFitTogetherIsRefusedInASentence() {
        func problem(_ estimator: Estimator, _ latents: Latents) -> String {
            do {
                _ = try Self.model(estimator, latents)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(problem(.evidenceLowerBound(.init()), .bernoulli(3)).contains("use `score_function` or `relaxed`"))
        #expect(problem(.relaxed(.init()), .gaussian(3)).contains("is for discrete latents"))
        #expect(problem(.importanceWeighted(.init()), .deterministic(3)).contains("needs normal latents"))
        #expect(
            problem(.scoreFunction(.init(samples: 1, baseline: .leaveOneOut)), .bernoulli(3)).contains(
                "set samples to 2"))
        #expect(problem(.evidenceLowerBound(.init(samples: 0)), .gaussian(3)).contains("takes 0 samples"))
        #expect(problem(.evidenceLowerBound(.init()), .deterministic(3)) == "")
        #expect(problem(.relaxed(.init()), .stochasticLayers([3])).contains("set images/predict"))
        #expect(problem(.relaxed(.init()), .beliefNetwork([])).contains("must have 1 to 8"))
    }
}
