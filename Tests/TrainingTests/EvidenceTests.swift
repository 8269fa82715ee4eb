import Contract
import Foundation
import OneDNN
import Tensors
import Testing
import TrainingTestSupport
import VAE

@testable import Training

/// A linear model of 16 normal pixels and two normal latents, whose ln p(x) and p(z|x) are known.
///
/// x = W z + ½ + noise of variance σ², the columns of W orthogonal: so p(x) = N(½, W Wᵀ + σ² I), and the posterior has no correlations,
/// variances s = 1 / (1 + |w|²/σ²) and means s wᵀ(x − ½)/σ².
private struct LinearModel {
    static let variance = 0.05
    /// |w|² of both columns.
    static let lengths = [8 * 0.09, 8 * 0.04]
    static let shrinkage = lengths.map { 1 / (1 + $0 / variance) }

    let program: TrainingProgram
    var state: ModelState
    let source: RandomExamples

    /// - Parameter error: How far the encoder's means and logarithms of variances are from the posterior's.
    init(error: Float = 0, images: Int = 11, microbatch: Int = 3) throws {
        source = RandomExamples(validationCount: images)
        var configuration = RunConfiguration.tiny
        configuration.model = ModelDescription(
            images: ImageDescription(channels: 1, height: 4, width: 4), encoder: [.flatten], latents: 2,
            decoder: [.linear(units: 16), .reshape(1, 4, 4)])
        configuration.objective = Objective(likelihood: .gaussian(variance: .fixed(Float(Self.variance))))
        configuration.clipping = []
        configuration.microbatch = microbatch
        program = try TrainingProgram(
            configuration, trainingExamples: source.trainingCount, validationExamples: images)
        state = program.initialState()
        state.parameters = Self.parameters(error: error)
    }

    private static func column(_ index: Int) -> [Double] {
        (0..<16).map { $0 % 2 == index ? [0.3, 0.2][index] : 0 }
    }

    private static func parameters(error: Float) -> [Float] {
        let columns = [column(0), column(1)]
        let factors = shrinkage.map { $0 / variance }
        let means = zip(columns, factors).flatMap { column, factor in column.map { Float($0 * factor) } }
        let biases = zip(columns, factors).map { column, factor in
            Float(-0.5 * factor * column.reduce(0, +)) + error
        }
        let logVariances = shrinkage.map { Float(Foundation.log($0)) + error }
        let decoder = (0..<16).flatMap { pixel in columns.map { Float($0[pixel]) } }
        let zeros = [Float](repeating: 0, count: 32)
        let greys = [Float](repeating: 0.5, count: 16)
        return [means, biases, zeros, logVariances, decoder, greys].flatMap(\.self)
    }

    /// −ln p(x) of each image, in nats.
    var exact: [Double] { (0..<source.validationCount).map(exact) }

    private func exact(_ image: Int) -> Double {
        let pixels = source.pixels(of: [image], in: .valid)
        let x: [Double] = pixels.map { Double($0) / 255 - 0.5 }
        var square = 0.0
        for value in x { square += value * value }
        var logDeterminant = 16 * Foundation.log(Self.variance)
        for index in 0..<2 {
            var product = 0.0
            for (weight, value) in zip(Self.column(index), x) { product += weight * value }
            square -= Self.shrinkage[index] * product * product / Self.variance
            logDeterminant -= Foundation.log(Self.shrinkage[index])
        }
        let constant: Double = 16 * Foundation.log(2 * Double.pi)
        return 0.5 * (square / Self.variance + logDeterminant + constant)
    }

    var exactMean: Double { SampleStatistics(exact).mean }

    func images(_ engine: any Engine = Interpreter(), threads: Int = 1) -> JudgedImages {
        JudgedImages(program, state, engine: engine, source: source, threads: threads)
    }

    func estimate(
        _ samples: Int, _ proposal: EvidenceProposal = .importance, repeats: Int = 1,
        engine: any Engine = Interpreter(), threads: Int = 1
    ) throws -> EvidenceEstimate {
        let settings = EvidenceSettings(proposal, samples: samples, repeats: repeats)
        let estimating = try program.estimating(settings, ofImages: source.validationCount)
        let metrics = try Evaluator(estimating, engine: engine, source: source).evaluate(state, threads: threads)
        return try #require(metrics?.evidence)
    }
}

@Suite struct EvidenceTests {
    /// With the true posterior every weight is p(x): one sample tells all, and none counts more than another.
    @Test(arguments: [1, 10, 200]) func withTheTruePosteriorEverySampleIsTheEvidence(samples: Int) throws {
        let model = try LinearModel()
        let estimate = try model.estimate(samples)
        for (found, exact) in zip(estimate.images, model.exact) {
            #expect(abs(found[0].negativeLogLikelihood - exact) < 1e-3)
            #expect(abs(found[0].effectiveSampleSize / Double(samples) - 1) < 1e-3)
        }
    }

    /// With another posterior the estimate falls to −ln p(x) as samples become more.
    @Test func moreSamplesComeNearerFromAbove() throws {
        let model = try LinearModel(error: 0.3, images: 40)
        let engine = try OneDNNEngine()
        let found = try [1, 10, 100, 5000].map { try model.estimate($0, engine: engine).negativeLogLikelihood.mean }
        #expect(found == found.sorted(by: >))
        #expect(found[0] - model.exactMean > 0.3 && abs(found[3] - model.exactMean) < 0.01, "\(found)")
    }

    /// The prior rarely draws what explains an image, which its effective samples show.
    @Test func thePriorNeedsMoreSamples() throws {
        let model = try LinearModel(error: 0.2, images: 40)
        let engine = try OneDNNEngine()
        let (posterior, prior) = (
            try model.estimate(5000, engine: engine), try model.estimate(5000, .prior, engine: engine)
        )
        #expect(abs(prior.negativeLogLikelihood.mean - model.exactMean) < 0.03)
        #expect(prior.effectiveSampleSize < posterior.effectiveSampleSize / 3)
        #expect(prior.effectiveSampleSize > 1)
    }

    @Test func repeatsAreIndependentAndTheirSpreadIsSaid() throws {
        let model = try LinearModel(error: 0.7, images: 5)
        let estimate = try model.estimate(4, repeats: 3)
        #expect(estimate.repeats == 3 && estimate.images.allSatisfy { Set($0).count == 3 })
        #expect(try model.estimate(4).images.map { $0[0] } == estimate.images.map { $0[0] })
        let means = (0..<3).map { index in
            SampleStatistics(estimate.images.map { $0[index].negativeLogLikelihood }).mean
        }
        let mean = SampleStatistics(means).mean
        let squares: [Double] = means.map { ($0 - mean) * ($0 - mean) }
        let error = ((squares[0] + squares[1] + squares[2]) / 2 / 3).squareRoot()
        let spread = estimate.negativeLogLikelihoodOfRepeats
        let found = try #require(spread.standardError)
        #expect(abs(spread.mean - mean) < 1e-12 && abs(found - error) < 1e-12)
        #expect(abs(estimate.negativeLogLikelihood.mean - mean) < 1e-12)
        #expect(try model.estimate(4).negativeLogLikelihoodOfRepeats.standardError == nil)
    }

    /// Neither threads, nor the run's microbatches, nor the other images change a bit.
    @Test func nothingButTheImageCounts() throws {
        let engine = try OneDNNEngine()
        let all = try LinearModel(error: 0.7, images: 67)
        let found = try all.estimate(300, engine: engine)
        for threads in [2, 3] { #expect(try all.estimate(300, engine: engine, threads: threads) == found) }
        #expect(try LinearModel(error: 0.7, images: 67, microbatch: 5).estimate(300, engine: engine) == found)
        let few = try LinearModel(error: 0.7, images: 10).estimate(300, engine: engine)
        #expect(few.images == Array(found.images.prefix(10)))
    }

    @Test func whatCannotBeEstimatedIsRefused() throws {
        func problem(_ evidence: EvidenceSettings, latents: Latents = .gaussian(2)) -> String? {
            var configuration = RunConfiguration.tiny
            configuration.model.latents = latents
            configuration.evidence = evidence
            do {
                try configuration.validate()
                _ = try TrainingProgram(configuration, trainingExamples: 1000, validationExamples: 500)
                return nil
            } catch { return "\(error)" }
        }
        #expect(problem(EvidenceSettings(samples: 65_536)) == nil)
        for (evidence, sentence) in [
            (EvidenceSettings(samples: 0), "nll.samples: an estimate takes from 1 to 65536 samples, not 0"),
            (EvidenceSettings(samples: 40_000, repeats: 2), "nll.repeats: repeats are from 1 to 1, not 2"),
            (EvidenceSettings(samples: 2, repeats: 8400), "nll.repeats: 8400 estimates of each of 500 images"),
        ] {
            #expect(problem(evidence)?.hasPrefix(sentence) == true, "\(problem(evidence) ?? "")")
        }
        let ofCode = problem(EvidenceSettings(samples: 5), latents: .deterministic(2))
        #expect(ofCode?.hasPrefix("nll: the model's latents are a deterministic code") == true, "\(ofCode ?? "")")
    }

    /// What a checkpoint's contract holds is read again, and leaving it out says nothing new of a run.
    @Test func theKeyIsPartOfTheContract() throws {
        var configuration = RunConfiguration.tiny
        #expect(configuration.node["nll"] == nil)
        configuration.evidence = EvidenceSettings(.prior, samples: 7, repeats: 2)
        #expect(try configuration.node.decode(RunConfiguration.self) == configuration)
    }

    /// A pass holds a bounded number of rows, whatever the number of samples.
    @Test func memoryDoesNotGrowWithSamples() {
        for (samples, rows) in [(1, 1024), (100, 1024), (5000, 1024), (4999, 16), (65536, 1024), (3, 16)] {
            let passes = EvidencePasses(samples: samples, rows: rows)
            #expect(passes.examples * passes.samples <= rows && passes.examples > 0)
            #expect(passes.count * passes.samples >= samples && (passes.count - 1) * passes.samples < samples)
        }
    }

    // MARK: - Refinement

    /// The family holds the true posterior, so that a refined −ELBO is −ln p(x). Of one image 256 samples tell it within 0.06.
    @Test func refinementFindsThePosterior() throws {
        let model = try LinearModel(error: 0.7)
        let refined = try PosteriorRefinement(model.images(OneDNNEngine()), steps: 300).refine()
        for (found, exact) in zip(refined, model.exact) {
            #expect(found.before - exact > 2 && abs(found.after - exact) < 0.3, "\(found), \(exact)")
        }
        #expect(abs(SampleStatistics(refined.map(\.after)).mean - model.exactMean) < 0.1)
        #expect(
            try PosteriorRefinement(model.images(OneDNNEngine(), threads: 3), steps: 300).refine() == refined)
    }

    @Test func nothingIsGainedWhereTheEncoderIsRight() throws {
        let model = try LinearModel()
        for found in try PosteriorRefinement(model.images(), steps: 5).refine() {
            #expect(abs(found.before - found.after) < 0.2)
        }
    }

    // MARK: - What latents are used for

    @Test func activeUnitsAreThoseWhoseMeansVary() throws {
        let model = try LinearModel(images: 200)
        let evaluator = try Evaluator(model.program, engine: try OneDNNEngine(), source: model.source)
        let metrics = try #require(try evaluator.evaluate(model.state))
        #expect(try evaluator.evaluate(model.state, threads: 3) == metrics)
        let means = try ImageModel(model.program, state: model.state, engine: Interpreter()).means(
            model.source.pixels(of: Array(0..<200), in: .valid))
        for latent in 0..<2 {
            let values = (0..<200).map { Double(means[2 * $0 + latent]) }
            let mean = SampleStatistics(values).mean
            let variance = SampleStatistics(values.map { ($0 - mean) * ($0 - mean) }).mean
            #expect(abs(metrics.latents.varianceOfMean[latent] - variance) < 1e-5)
        }
        #expect(metrics.latents.activeUnits == 2 && metrics.latents.collapse == nil)
        #expect(abs(metrics.latents.divergence.reduce(0, +) - metrics.divergence) < 1e-5)
        var collapsed = model
        collapsed.state.parameters.replaceSubrange(0..<32, with: [Float](repeating: 0, count: 32))
        let none = try #require(try evaluator.evaluate(collapsed.state)).latents
        #expect(none.activeUnits == 0)
        #expect(none.collapse?.hasPrefix("the posterior has collapsed: none of 2 latents is active") == true)
    }

    @Test func aCategoricalVariableIsOneUnit() {
        let categories = Latents.categorical(.init(variables: 2, classes: 3))
        // Of two examples the first variable takes the first and the second class, the second always the third.
        let use = LatentUse(
            sums: [1, 1, 0, 0, 0, 2, 1, 1, 0, 0, 0, 2, 1, 1, 0, 0, 0, 0.5], examples: 2, of: categories)
        #expect(use.varianceOfMean == [0.25, 0.25, 0, 0, 0, 0] && use.divergence == [1, 0.25])
        #expect(use.activeUnits == 1 && use.variables == 2 && use.collapse == nil)
    }

    @Test func aTenthOfTheLatentsIsEnough() {
        func use(active: Int, of latents: Latents = .gaussian(20)) -> LatentUse {
            let z = latents.count
            return LatentUse(
                sums: (0..<3 * z).map { $0 >= z && $0 < z + active ? 1 : 0 }, examples: 1, of: latents)
        }
        #expect(use(active: 2).collapse == nil)
        #expect(use(active: 1).collapse?.contains("1 of 20 latents is active") == true)
        #expect(use(active: 1).collapse?.contains("free bits") == true)
        #expect(use(active: 0, of: .deterministic(20)).collapse == nil)
    }

    /// Where all images have one code at the most nats that a variable can have, a weaker pull to the prior helps nobody.
    @Test func oneCodeForAllImagesNeedsOtherAdviceThanNoCode() {
        let categories = Latents.categorical(.init(variables: 1, classes: 4))
        let use = LatentUse(sums: [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1.386, 0], examples: 1, of: categories)
        #expect(use.activeUnits == 0)
        #expect(use.collapse?.contains("every image has nearly the same code, far from the prior") == true)
        #expect(use.collapse?.contains("free bits") == false)
    }

    // MARK: - Reconstructions

    @Test func reconstructionsAreComparedWithTheImages() throws {
        let model = try LinearModel(images: 37)
        let quality = try ReconstructionQuality(model.images())
        let pixels = model.source.pixels(of: Array(0..<37), in: .valid)
        let made = try ImageModel(model.program, state: model.state, engine: Interpreter()).reconstruct(pixels)
        let errors = (0..<37).map { image -> Double in
            var sum = 0.0
            for pixel in 16 * image..<16 * image + 16 {
                let difference = Double(pixels[pixel]) / 255 - Double(made[pixel])
                sum += difference * difference / 16
            }
            return sum
        }
        let decibels = errors.map { -10 * Foundation.log10($0) }
        #expect(abs(quality.meanSquaredError - SampleStatistics(errors).mean) < 1e-6)
        #expect(abs(quality.peakSignalToNoise - SampleStatistics(decibels).mean) < 1e-4)
        #expect(quality.structuralSimilarity == nil)
        #expect(try ReconstructionQuality(model.images(threads: 3)) == quality)
    }
}
