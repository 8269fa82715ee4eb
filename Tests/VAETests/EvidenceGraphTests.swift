import Glibc
import Tensors
import Testing

@testable import VAE

/// Estimates of ln p(x) against Float64 PyTorch: what `scripts/reference/evaluation.py` printed.
@Suite struct EvidenceGraphTests {
    private let model: VariationalAutoencoder
    private let parameters: [Double]
    private let pixels: [Double] = (0..<12).map { index in Double(Float(Double(index * 17 % 11) / 10)) }

    init() throws {
        model = try Self.model()
        parameters = Self.numbers(model.parameters.count)
    }

    private static func numbers(_ count: Int) -> [Double] {
        (0..<count).map { index in Double(Float(Double(index * 29 % 41 - 20) / 25)) }
    }

    private static func model(
        _ latents: Latents = .gaussian(2), _ estimator: Estimator = .evidenceLowerBound(.init())
    ) throws -> VariationalAutoencoder {
        try VariationalAutoencoder(
            ModelDescription(
                images: ImageDescription(channels: 1, height: 2, width: 3),
                encoder: [.flatten, .linear(units: 4), .tanh], latents: latents,
                decoder: [.linear(units: 4), .tanh, .linear(units: 6), .reshape(1, 2, 3)]),
            Objective(likelihood: .bernoulli, estimator: estimator))
    }

    private static func keys(_ samples: Range<Int>, examples: Range<Int> = 0..<2) -> NoiseKeys {
        let rows = examples.flatMap { example in samples.map { (UInt32(example), UInt16($0)) } }
        return NoiseKeys(
            seed: 3, passes: rows.map { _ in 1 }, examples: rows.map(\.0), samples: rows.map(\.1))
    }

    /// Five samples of two images, so many a pass; the last pass is filled up.
    private func estimate(_ proposal: EvidenceProposal, inPassesOf size: Int) throws -> [Double] {
        let graph = try model.evidenceGraph(examples: 2, samples: size, proposal)
        var running = VariationalAutoencoder.Evidence.start.flatMap { [Double($0), Double($0)] }
        var results: [Double] = []
        for first in stride(from: 0, to: 5, by: size) {
            let counted = (first..<first + size).map { $0 < 5 ? 1.0 : 0 }
            results = Interpreter.run(
                graph, parameters: parameters, inputs: pixels + counted + [5] + running,
                noise: Self.keys(first..<first + size))
            running = Array(results[..<6])
        }
        return Array(results[6...])
    }

    /// −ln p(x) of both images, then the effective sample sizes.
    @Test(arguments: [
        (
            EvidenceProposal.importance,
            [4.600102650690256, 5.398658256528076, 2.4951753309644054, 4.7648776097384875]
        ),
        (.prior, [4.117068804893231, 5.48500980419166, 4.908880177776058, 3.7594465688104184]),
    ])
    func passesOfAnySizeGiveWhatPyTorchGives(proposal: EvidenceProposal, expected: [Double]) throws {
        for size in [1, 2, 3, 5, 7] {
            for (found, expected) in zip(try estimate(proposal, inPassesOf: size), expected) {
                #expect(abs(found - expected) < 1e-6, "\(size) samples a pass")
            }
        }
    }

    /// The estimate of one sample is the importance-weighted bound of one sample, which is the negative ELBO as ln q − ln p(x, z).
    @Test func oneSampleIsTheBoundItself() throws {
        let bound = try Self.model(.gaussian(2), .importanceWeighted(ImportanceWeighted(samples: 1)))
        let evaluation = bound.evaluationGraph(microbatch: 1)
        let graph = try model.evidenceGraph(examples: 1, samples: 1, .importance)
        for example in 0..<2 {
            let image = Array(pixels[6 * example..<6 * example + 6])
            let keys = Self.keys(0..<1, examples: example..<example + 1)
            let one = Interpreter.run(evaluation, parameters: parameters, inputs: image + [1], noise: keys)
            let start = VariationalAutoencoder.Evidence.start.map(Double.init)
            let found = Interpreter.run(
                graph, parameters: parameters, inputs: image + [1, 1] + start, noise: keys)
            #expect(found[3] == one[2] && found[4] == 1)
        }
    }

    @Test func latentsWithoutAPriorHaveNoEvidence() throws {
        let code = try Self.model(.deterministic(2))
        let error = #expect(throws: DescriptionError.self) {
            try code.evidenceGraph(examples: 1, samples: 1, .importance)
        }
        #expect("\(error!)".hasPrefix("latents are a deterministic code, which has no prior"))
    }

    /// p(x) = Σ p(z) p(x|z) over the four values of two bits.
    @Test func theEvidenceOfDiscreteLatentsMeetsTheirEnumeration() throws {
        let model = try Self.model(.bernoulli(2), .scoreFunction(ScoreFunction(samples: 1, baseline: .none)))
        let parameters = Self.numbers(model.parameters.count)
        let image = Array(pixels[..<6])
        let values = Interpreter.run(
            model.samplingGraph(count: 4), parameters: parameters, inputs: [0, 0, 0, 1, 1, 0, 1, 1])
        var exact = 0.0
        for z in 0..<4 {
            var likelihood = 1.0
            for (x, p) in zip(image, values[6 * z..<6 * z + 6]) { likelihood *= power(p, x) * power(1 - p, 1 - x) }
            exact += likelihood / 4
        }
        for proposal in EvidenceProposal.allCases {
            let graph = try model.evidenceGraph(examples: 1, samples: 4000, proposal)
            let start = VariationalAutoencoder.Evidence.start.map(Double.init)
            let found = Interpreter.run(
                graph, parameters: parameters, inputs: image + Array(repeating: 1, count: 4000) + [4000] + start,
                noise: Self.keys(0..<4000, examples: 0..<1))
            #expect(abs(found[3] + log(exact)) < 0.03, "\(proposal)")
        }
    }

    // MARK: - Refinement

    @Test func theGradientOfAPosteriorIsPyTorchs() throws {
        let encoded = Interpreter.run(model.encodingGraph(count: 2), parameters: parameters, inputs: pixels)
        let found = Interpreter.run(
            try model.refinementGraph(examples: 2, samples: 3), parameters: parameters, inputs: pixels + encoded,
            noise: Self.keys(0..<3))
        let expected = [
            4.9540669355091405, 5.712582139586427, 0.30565202590243684, -0.042727481288093117, -0.13959689481149717,
            0.21902406357833915, 1.3997446529190707, -0.046426642359413836, 0.6561140716786598, -0.1590831137004923,
        ]
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-6) }
    }

    @Test func onlyNormalPosteriorsAreRefined() throws {
        let bits = try Self.model(.bernoulli(2), .scoreFunction(ScoreFunction(samples: 1, baseline: .none)))
        let error = #expect(throws: DescriptionError.self) { try bits.refinementGraph(examples: 1, samples: 1) }
        #expect("\(error!)" == "latents are bernoulli, and a posterior can be refined only where they are gaussian")
    }

    // MARK: - Bits

    @Test func bitsPerDimensionAreOfProbabilities() throws {
        func bits(_ likelihood: Likelihood, _ change: (inout ImageDescription) -> Void = { _ in }) throws -> Double? {
            var images = ImageDescription(channels: 1, height: 2, width: 3)
            change(&images)
            var description = Self.description(likelihood)
            description.images = images
            return try VariationalAutoencoder(description, Objective(likelihood: likelihood))
                .bitsPerDimension(nats: 6 * log(2))
        }
        let normal = Likelihood.gaussian(variance: .shared)
        for likelihood in [.bernoulli, .squaredError, .continuousBernoulli, normal] {
            #expect(try bits(likelihood) == nil)
        }
        let black = try #require(try bits(.bernoulli) { $0.binarize = .dynamic })
        let grey = try #require(try bits(normal) { $0.dequantize = true })
        let bytes = try #require(try bits(.discretizedLogistic))
        #expect(abs(black - 1) < 1e-12 && abs(grey - 9) < 1e-12 && abs(bytes - 1) < 1e-12)
    }

    private static func description(_ likelihood: Likelihood) -> ModelDescription {
        let planes = likelihood.planes
        return ModelDescription(
            images: ImageDescription(channels: 1, height: 2, width: 3), encoder: [.flatten], latents: 2,
            decoder: [.linear(units: 6 * planes), .reshape(planes, 2, 3)])
    }
}

private func power(_ base: Double, _ exponent: Double) -> Double { Glibc.pow(base, exponent) }
private func log(_ x: Double) -> Double { Glibc.log(x) }
