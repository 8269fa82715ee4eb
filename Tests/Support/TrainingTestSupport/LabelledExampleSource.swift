// TrainingTestSupport: tiny networks on keyed random images, which tests of several targets train.

import Training
import VAE

/// Keyed random images whose labels are as a test wants them.
public struct LabelledExampleSource: ExampleSource {
    public var images: RandomExamples
    public var training: [Int?]
    public var validation: [Int?]

    public init(trainingCount: Int = 100, validationCount: Int = 21) {
        images = RandomExamples(trainingCount: trainingCount, validationCount: validationCount)
        training = (0..<trainingCount).map { ($0 * 7 + $0 / 5) % 3 }
        validation = (0..<validationCount).map { $0 % 3 }
    }

    public var channels: Int { images.channels }
    public var height: Int { images.height }
    public var width: Int { images.width }
    public var fingerprint: String { images.fingerprint }
    public func count(_ split: Split) -> Int { images.count(split) }
    public func pixels(of rows: [Int], in split: Split) -> [UInt8] { images.pixels(of: rows, in: split) }
    public func labels(of rows: [Int], in split: Split) -> [Int?] {
        rows.map { split == .train ? training[$0] : validation[$0] }
    }
}

extension RunConfiguration {
    /// Two linear layers a network, with three classes, of which 12 images of 100 keep their labels where not all do.
    public static func tinyLabelled(_ estimator: Estimator) -> RunConfiguration {
        let classifier: [Layer]? =
            switch estimator {
            case .semiSupervised: [.flatten, .linear(units: 4), .softplus]
            case .predictionConstrained: []
            default: nil
            }
        return RunConfiguration(
            model: ModelDescription(
                images: ImageDescription(channels: 1, height: 4, width: 4, binarize: .dynamic),
                encoder: [.flatten, .linear(units: 6), .softplus], latents: .gaussian(2),
                decoder: [.linear(units: 6), .softplus, .linear(units: 16), .reshape(1, 4, 4)], classes: 3,
                classifier: classifier),
            objective: Objective(likelihood: .bernoulli, estimator: estimator),
            learningRate: LearningRateSchedule(base: 1e-2), shards: 4, microbatch: 5, seed: 5, epochs: 2,
            labels: classifier == nil ? nil : LabelSelection(labelled: 12, draw: 2, perMicrobatch: 2))
    }

    public static let tinyLabelled: [RunConfiguration] = [
        tinyLabelled(.conditional(Conditional())), tinyLabelled(.semiSupervised(SemiSupervised())),
        tinyLabelled(
            .predictionConstrained(PredictionConstrained(classificationWeight: 2, consistencyWeight: 1))),
    ]
}
