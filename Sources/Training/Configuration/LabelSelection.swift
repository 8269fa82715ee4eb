import Contract
import Settings

/// Which training images keep their labels, where the objective reads labels: equally many of each class, by a keyed draw.
///
/// Written `labels: {labelled: 100, per_microbatch: 4}`. Absent, all of them do.
public struct LabelSelection: Hashable, Sendable, Codable {
    /// How many, of all classes together.
    public var labelled: Int
    /// Which of all the choices of so many.
    public var draw: UInt64
    /// How many rows of each microbatch are labelled ones.
    public var perMicrobatch: Int

    public init(labelled: Int, draw: UInt64 = 1, perMicrobatch: Int) {
        self.labelled = labelled
        self.draw = draw
        self.perMicrobatch = perMicrobatch
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case labelled, draw
        case perMicrobatch = "per_microbatch"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        labelled = try container.decode(Int.self, forKey: .labelled)
        draw = try container.decodeIfPresent(UInt64.self, forKey: .draw) ?? 1
        perMicrobatch = try container.decode(Int.self, forKey: .perMicrobatch)
    }

    /// The most images that a contract names one by one; it is sent to every worker, and read with at most twice as many values.
    private static let most = 50_000

    func validate() throws(ConfigurationProblem) {
        try require(
            (1...Self.most).contains(labelled), "labels.labelled",
            "from 1 to \(Self.most) images can be chosen, not \(labelled)")
        try require(draw <= UInt64(Int.max), "labels.draw", "a draw is below 2^63, not \(draw)")
        try require(
            (1...1 << 20).contains(perMicrobatch), "labels.per_microbatch",
            "a microbatch has from 1 to \(1 << 20) labelled images, not \(perMicrobatch)")
    }
}

extension LabelSelection.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .labelled:
            Setting(
                "How many training images keep their labels, as many of each class.", .wholeNumber(1...50_000),
                unit: "images", otherNames: ["num_labeled", "n_labeled", "num_labels", "labeled"])
        case .draw:
            Setting(
                "Which of all the choices of so many images.", .wholeNumber(0...Int.max), default: "1",
                otherNames: ["label_seed"])
        case .perMicrobatch:
            Setting(
                "How many images of each microbatch are labelled ones; the others have none.",
                .wholeNumber(1...1 << 20), unit: "images", otherNames: ["labeled_batch_size"])
        }
    }
}
