import Foundation
import Training
import VAE

/// What `evaluate` prints.
struct EvaluationResult {
    let model: VariationalAutoencoder
    let metrics: EvaluationMetrics
    let step: Int
    let split: String
    let examples: Int
    var quality: ReconstructionQuality?
    var refinement: Refinement?
    var evidence: EvidenceEstimate?

    init(_ model: VariationalAutoencoder, _ metrics: EvaluationMetrics, step: Int, split: String, examples: Int) {
        self.model = model
        self.metrics = metrics
        self.step = step
        self.split = split
        self.examples = examples
    }

    /// From −ln p(x) where it was estimated, and otherwise from the −ELBO, which is not below it.
    private var bitsPerDimension: Double? {
        model.bitsPerDimension(nats: evidence?.negativeLogLikelihood.mean ?? metrics.negativeELBO)
    }
}

extension EvaluationResult: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    private var counts: [(String, Int?)] {
        [
            ("step", step), ("examples", examples), ("active_units", metrics.latents.activeUnits),
            ("samples", evidence?.samples), ("repeats", evidence?.repeats), ("refinement_steps", refinement?.steps),
        ]
    }

    private var numbers: [(String, Double?)] {
        let nll = evidence?.negativeLogLikelihood
        return [
            ("negative_elbo", metrics.negativeELBO), ("reconstruction", metrics.reconstruction),
            ("divergence", metrics.divergence), ("nll", nll?.mean), ("nll_standard_error", nll?.standardError),
            ("nll_standard_error_of_repeats", evidence?.negativeLogLikelihoodOfRepeats.standardError),
            ("effective_sample_size", evidence?.effectiveSampleSize), ("bits_per_dimension", bitsPerDimension),
            ("mse", quality?.meanSquaredError), ("psnr", quality?.peakSignalToNoise),
            ("ssim", quality?.structuralSimilarity), ("negative_elbo_before_refinement", refinement?.before),
            ("negative_elbo_after_refinement", refinement?.after),
            ("amortization_gap", refinement.map { $0.before - $0.after }),
        ] + metrics.others.map { ($0.name, $0.value) }
    }

    /// JSON has no infinity: what is not finite is left out.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(split, forKey: Key("split"))
        for (name, count) in counts { try container.encodeIfPresent(count, forKey: Key(name)) }
        for (name, number) in numbers where number?.isFinite == true {
            try container.encodeIfPresent(number, forKey: Key(name))
        }
        let divergence = metrics.latents.divergence
        if divergence.allSatisfy(\.isFinite) {
            try container.encode(divergence, forKey: Key("divergence_per_dimension"))
        }
    }
}

extension EvaluationResult: CustomStringConvertible {
    var description: String {
        let head =
            "step \(step), \(examples) images of \(split): "
            + negativeELBOText(metrics.reconstruction, metrics.divergence)
        let rows =
            metrics.others.map { ($0.name, decimal($0.value)) } + evidenceRows + refinementRows
            + [
                (
                    "bits a dimension",
                    bitsPerDimension.map { String(format: "%.4f", $0) }
                        ?? "none, since \(model.reasonAgainstBits ?? "")"
                ),
                ("latents", "\(metrics.latents.activeUnits) of \(metrics.latents.variables) active"),
            ] + qualityRows
        return ([head] + rows.map { $0.0.padding(toLength: 20, withPad: " ", startingAt: 0) + $0.1 })
            .joined(separator: "\n")
    }

    private var evidenceRows: [(String, String)] {
        guard let evidence else { return [] }
        let nll = evidence.negativeLogLikelihood
        let errors = [
            nll.standardError.map { "± \(decimal($0)) over images" },
            evidence.negativeLogLikelihoodOfRepeats.standardError.map {
                "± \(String(format: "%.4f", $0)) over \(evidence.repeats) repeats"
            },
        ].compactMap(\.self).joined(separator: ", ")
        return [
            ("-ln p(x)", "\(decimal(nll.mean)) nats" + (errors.isEmpty ? "" : " (standard error \(errors))")),
            ("effective samples", "\(decimal(evidence.effectiveSampleSize)) of \(evidence.samples)"),
        ]
    }

    private var refinementRows: [(String, String)] {
        guard let refinement else { return [] }
        return [
            (
                "refined -ELBO",
                "\(decimal(refinement.after)) nats after \(refinement.steps) steps, \(decimal(refinement.before)) before: "
                    + "the encoder loses \(decimal(refinement.before - refinement.after))"
            )
        ]
    }

    private var qualityRows: [(String, String)] {
        guard let quality else { return [] }
        let similarity =
            quality.structuralSimilarity.map { String(format: ", SSIM %.4f", $0) }
            ?? " (SSIM takes images of \(StructuralSimilarity.window) x \(StructuralSimilarity.window) or more)"
        let text = String(
            format: "mean squared error %.6f, PSNR %.2f dB", quality.meanSquaredError, quality.peakSignalToNoise)
        return [("reconstructions", text + similarity)]
    }
}
