import Ingest
import OneDNN
import Training
import VAE

/// What moving along attributes' vectors does to held-out images, told by a classifier that was trained on real ones.
struct AttributeEffect {
    private let model: ImageModel
    private let split: String
    private let attributes: ImageAttributes
    private let judge: AttributeJudge
    private let real: [[Bool]]
    private let truth: [[Bool?]]
    private let codes: [Float]
    private let decoded: [Float]
    private let before: [[Bool]]

    /// Held-out images that are judged, at most.
    private static let mostImages = 500

    /// Trains the classifier on the training images.
    init(_ model: ImageModel, _ images: AnnotatedImages, _ attributes: ImageAttributes) throws {
        (self.model, self.attributes) = (model, attributes)
        let rows = images.choice.train.rows
        judge = try ImageTicker.watch("training a classifier", AttributeJudge.steps * AttributeJudge.batch) {
            progress in
            try AttributeJudge(
                model.program.configuration.model.images, attributes: attributes.names.count, count: rows.count,
                engine: OneDNNEngine(), progress: { progress($0 * AttributeJudge.batch) }
            ) { chosen in
                let some = chosen.map { rows[$0] }
                return (try images.dataset.pixels(rows: some), some.map(attributes.truth))
            }
        }
        let judged = images.judged.rows.evenly(atMost: Self.mostImages)
        split = images.judged.name
        let pixels = try images.dataset.pixels(rows: judged)
        truth = judged.map(attributes.truth)
        real = judge.attributes(of: pixels.map { Float($0) / 255 })
        codes = try model.codes(pixels)
        decoded = try model.decode(codes)
        before = judge.attributes(of: decoded)
    }

    /// For each attribute, by its number and vector, what each strength does.
    func report(_ chosen: [(attribute: Int, vector: [Float])], _ strengths: [Float]) throws -> AttributeReport {
        AttributeReport(
            split: split, images: before.count,
            classifier: attributes.names.indices.map { attribute in
                AttributeReport.Told(
                    name: attributes.names[attribute], accuracy: accuracy(real, attribute),
                    accuracyOnReconstructions: accuracy(before, attribute))
            },
            attributes: try chosen.map { attribute, vector in
                AttributeReport.Change(
                    name: attributes.names[attribute],
                    strengths: try strengths.map { try effect(of: attribute, vector, $0) })
            })
    }

    private func accuracy(_ told: [[Bool]], _ attribute: Int) -> Double? {
        let pairs = zip(told, truth).compactMap { told, truth in truth[attribute].map { (told[attribute], $0) } }
        return pairs.isEmpty ? nil : Double(pairs.count { $0 == $1 }) / Double(pairs.count)
    }

    private func effect(of attribute: Int, _ vector: [Float], _ strength: Float) throws -> AttributeReport.Effect {
        let moved = try model.decode(model.moved(codes, along: vector, by: [strength]))
        let after = judge.attributes(of: moved)
        let wanted = strength > 0
        let candidates = before.indices.filter { before[$0][attribute] != wanted }
        let flipped = candidates.count { after[$0][attribute] == wanted }
        let drift = attributes.names.indices.filter { $0 != attribute }.map { other in
            let changed = zip(before, after).count { $0[other] != $1[other] }
            return AttributeReport.Drift(name: attributes.names[other], share: Double(changed) / Double(before.count))
        }
        let squares = zip(moved, decoded).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return AttributeReport.Effect(
            strength: strength, candidates: candidates.count,
            flipRate: strength == 0 || candidates.isEmpty ? nil : Double(flipped) / Double(candidates.count),
            driftOfOthers: drift.isEmpty ? nil : drift.reduce(0) { $0 + $1.share } / Double(drift.count), drift: drift,
            pixelDrift: squares / Double(moved.count))
    }
}

/// What `attribute --json` prints.
struct AttributeReport: Encodable {
    /// The split of the images that were judged: `train` where a file has no other.
    let split: String
    /// How many were judged.
    let images: Int
    let classifier: [Told]
    let attributes: [Change]

    /// How well the classifier tells an attribute.
    struct Told: Encodable {
        let name: String
        /// The share of held-out images that it tells right.
        let accuracy: Double?
        /// The same of what the model makes of them.
        let accuracyOnReconstructions: Double?

        enum CodingKeys: String, CodingKey {
            case name, accuracy
            case accuracyOnReconstructions = "accuracy_on_reconstructions"
        }
    }

    struct Change: Encodable {
        let name: String
        let strengths: [Effect]
    }

    struct Drift: Encodable {
        let name: String
        let share: Double
    }

    struct Effect: Encodable {
        let strength: Float
        /// How many reconstructions the classifier takes for the other kind.
        let candidates: Int
        /// The share of those that become of this kind.
        let flipRate: Double?
        /// The share of what the classifier says of other attributes that changes, the mean over them.
        let driftOfOthers: Double?
        /// The same of each of them.
        let drift: [Drift]
        /// The mean squared difference from the reconstruction, pixels from 0 to 1.
        let pixelDrift: Double

        enum CodingKeys: String, CodingKey {
            case strength, candidates, drift
            case flipRate = "flip_rate"
            case driftOfOthers = "drift_of_others"
            case pixelDrift = "pixel_drift"
        }
    }
}
