import Contract
import Settings
import VAE

/// How −ln p(x) of held-out images is estimated: from K samples of each image's latents, as often as asked.
///
/// Written `nll: {samples: 100}`, it is part of each evaluation. Absent, nothing is estimated.
public struct EvidenceSettings: Hashable, Sendable, Codable {
    public var proposal: EvidenceProposal
    /// K, those of one estimate.
    public var samples: Int
    /// How many estimates are made of each image, each from samples of its own.
    public var repeats: Int

    /// The number of a sample has 16 bits.
    public static let mostSamples = 1 << 16

    enum CodingKeys: String, CodingKey, CaseIterable {
        case proposal, samples, repeats
    }

    public init(_ proposal: EvidenceProposal = .importance, samples: Int, repeats: Int = 1) {
        self.proposal = proposal
        self.samples = samples
        self.repeats = repeats
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        proposal = try container.decodeIfPresent(EvidenceProposal.self, forKey: .proposal) ?? .importance
        samples = try container.decode(Int.self, forKey: .samples)
        repeats = try container.decodeIfPresent(Int.self, forKey: .repeats) ?? 1
    }

    func validate() throws(ConfigurationProblem) {
        try require(
            (1...Self.mostSamples).contains(samples), "nll.samples",
            "an estimate takes from 1 to \(Self.mostSamples) samples, not \(samples)")
        try require(
            (1...Self.mostSamples / samples).contains(repeats), "nll.repeats",
            "repeats are from 1 to \(Self.mostSamples / samples), not \(repeats): all samples of an image are at most \(Self.mostSamples)"
        )
    }

    /// The estimates of all images are numbers in each sum of an evaluation: so many are 32 MB.
    private static let mostEstimates = 1 << 22

    /// Refuses more estimates than a sum should hold.
    func requireRoom(forImages count: Int) throws(ConfigurationProblem) {
        try require(
            count <= Self.mostEstimates / repeats, "nll.repeats",
            "\(repeats) estimates of each of \(count) images are more than \(Self.mostEstimates): take fewer repeats, or a smaller split"
        )
    }

    /// Refuses a model that gives images no likelihood, or has no prior to draw from.
    func requireEvidence(of model: VariationalAutoencoder) throws(ConfigurationProblem) {
        do throws(DescriptionError) {
            _ = try model.evidenceGraph(examples: 1, samples: 1, proposal)
        } catch {
            throw ConfigurationProblem(path: "nll", reason: "the model's \(error.path) \(error.problem)")
        }
    }
}

extension EvidenceSettings.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .proposal:
            Setting(
                "Where samples come from: the posterior, or the prior, whose samples rarely explain an image.",
                .word(EvidenceProposal.allCases.map(\.rawValue)), default: "importance")
        case .samples:
            Setting(
                "Samples of one estimate.", .wholeNumber(1...EvidenceSettings.mostSamples),
                otherNames: ["importance_samples"])
        case .repeats:
            Setting(
                "Estimates of each image, each from samples of its own.",
                .wholeNumber(1...EvidenceSettings.mostSamples),
                default: "1")
        }
    }
}
