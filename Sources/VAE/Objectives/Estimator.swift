import Settings

/// Which bound is made small and how its gradient is estimated: the list of all objectives, a line each.
///
/// Written `estimator: {importance_weighted: {samples: 5}}`; absent it is the ELBO with one reparameterised sample.
public enum Estimator: Hashable, Sendable {
    case evidenceLowerBound(EvidenceLowerBound)
    case importanceWeighted(ImportanceWeighted)
    case scoreFunction(ScoreFunction)
    case relaxed(Relaxed)
    case conditional(Conditional)
    case semiSupervised(SemiSupervised)
    case predictionConstrained(PredictionConstrained)

    var formula: any ObjectiveFormula {
        switch self {
        case .evidenceLowerBound(let formula): formula
        case .importanceWeighted(let formula): formula
        case .scoreFunction(let formula): formula
        case .relaxed(let formula): formula
        case .conditional(let formula): formula
        case .semiSupervised(let formula): formula
        case .predictionConstrained(let formula): formula
        }
    }
}

extension Estimator: Codable {
    enum Names: String, CodingKey, CaseIterable {
        case evidenceLowerBound = "evidence_lower_bound"
        case importanceWeighted = "importance_weighted"
        case scoreFunction = "score_function"
        case relaxed, conditional
        case semiSupervised = "semi_supervised"
        case predictionConstrained = "prediction_constrained"
    }

    public init(from decoder: any Decoder) throws {
        let choice = try decoder.choice(of: Names.self)
        switch choice.name {
        case .evidenceLowerBound: self = .evidenceLowerBound(try choice.settings(default: .init()))
        case .importanceWeighted: self = .importanceWeighted(try choice.settings(default: .init()))
        case .scoreFunction: self = .scoreFunction(try choice.settings(default: .init()))
        case .relaxed: self = .relaxed(try choice.settings(default: .init()))
        case .conditional:
            try choice.expectWord()
            self = .conditional(Conditional())
        case .semiSupervised: self = .semiSupervised(try choice.settings(default: .init()))
        case .predictionConstrained: self = .predictionConstrained(try choice.settings(default: .init()))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if case .conditional = self { return try encoder.encodeWord(Names.conditional) }
        var container = encoder.container(keyedBy: Names.self)
        switch self {
        case .evidenceLowerBound(let formula): try container.encode(formula, forKey: .evidenceLowerBound)
        case .importanceWeighted(let formula): try container.encode(formula, forKey: .importanceWeighted)
        case .scoreFunction(let formula): try container.encode(formula, forKey: .scoreFunction)
        case .relaxed(let formula): try container.encode(formula, forKey: .relaxed)
        case .conditional: break
        case .semiSupervised(let formula): try container.encode(formula, forKey: .semiSupervised)
        case .predictionConstrained(let formula): try container.encode(formula, forKey: .predictionConstrained)
        }
    }
}

extension Estimator {
    /// An estimator, as settings describe it.
    static var kind: SettingKind { .choice(SettingChoice(of: "estimator", Names.self, takesWords: true)) }
}

extension Estimator.Names: DescribedKey {
    var setting: Setting {
        switch self {
        case .evidenceLowerBound:
            Setting(
                "The ELBO, with gradients through samples of the latents.", .group(EvidenceLowerBound.CodingKeys.self),
                otherNames: ["elbo", "vae", "reparameterized"])
        case .importanceWeighted:
            Setting(
                "The importance-weighted bound of several samples.", .group(ImportanceWeighted.CodingKeys.self),
                otherNames: ["iwae", "iw"])
        case .scoreFunction:
            Setting(
                "The ELBO, with the score function's gradient, for latents that no gradient flows through.",
                .group(ScoreFunction.CodingKeys.self), otherNames: ["reinforce", "nvil"])
        case .relaxed:
            Setting(
                "The ELBO of discrete latents, with gradients through a stand-in for the sample.",
                .group(Relaxed.CodingKeys.self), otherNames: ["gumbel", "gumbel_softmax", "concrete"])
        case .conditional:
            Setting(
                "The ELBO of images given their labels, which encoder and decoder take.", .nothing,
                otherNames: ["cvae"])
        case .semiSupervised:
            Setting(
                "M2: a classifier of images and a model of images given labels, from few labels.",
                .group(SemiSupervised.CodingKeys.self), otherNames: ["m2", "ss_vae", "ssvae"])
        case .predictionConstrained:
            Setting(
                "The ELBO, with latents that must tell the label.", .group(PredictionConstrained.CodingKeys.self),
                otherNames: ["pc_vae", "cpc_vae"])
        }
    }
}
