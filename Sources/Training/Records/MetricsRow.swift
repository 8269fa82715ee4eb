import Contract

/// A line of `metrics.jsonl`.
public struct MetricsRow: Hashable, Sendable, Decodable {
    /// What the keys of a line mean; each line says it. Lines without it are of version 1, which counted steps from 0.
    public static let version = 2

    /// How many steps are applied: for `train` this is the number of the step, from 1.
    public var step: Int
    /// From 1: the epoch that the step lies in, or that the evaluation ends.
    public var epoch: Int
    public var split: Split
    /// reconstruction + divergence, in nats.
    public var negativeELBO: Double
    public var reconstruction: Double
    public var divergence: Double
    /// What else the objective measures, each under a key of its own.
    public var others: [Metric]
    public var imagesPerSecond: Double
    public var workers: Int

    enum CodingKeys: String, CodingKey, CaseIterable {
        case version
        case step
        case epoch
        case split
        case negativeELBO = "negative_elbo"
        case reconstruction
        case divergence
        case imagesPerSecond = "images_per_second"
        case workers
    }

    /// The row of a step.
    public init(_ metrics: StepMetrics, epoch: Int, imagesPerSecond: Double, workers: Int) {
        self.init(
            step: metrics.step + 1, epoch: epoch, split: .train, reconstruction: metrics.reconstruction,
            divergence: metrics.divergence, others: metrics.others, imagesPerSecond: imagesPerSecond, workers: workers)
    }

    /// The row of an evaluation.
    public init(_ metrics: EvaluationMetrics, step: Int, epoch: Int, imagesPerSecond: Double, workers: Int) {
        self.init(
            step: step, epoch: epoch, split: .valid, reconstruction: metrics.reconstruction,
            divergence: metrics.divergence,
            others: metrics.others + (metrics.evidence?.metrics ?? [])
                + [Metric("active_units", Double(metrics.latents.activeUnits))],
            imagesPerSecond: imagesPerSecond, workers: workers)
    }

    private init(
        step: Int, epoch: Int, split: Split, reconstruction: Double, divergence: Double, others: [Metric],
        imagesPerSecond: Double, workers: Int
    ) {
        self.step = step
        self.epoch = epoch
        self.split = split
        negativeELBO = reconstruction + divergence
        self.reconstruction = reconstruction
        self.divergence = divergence
        self.others = others
        self.imagesPerSecond = imagesPerSecond
        self.workers = workers
    }

    /// What was measured, under the keys of a line and in their order; not a number where the line says null.
    public var numbers: [Metric] {
        [
            Metric("negative_elbo", negativeELBO), Metric("reconstruction", reconstruction),
            Metric("divergence", divergence),
        ] + others + [
            Metric("images_per_second", (imagesPerSecond * 10).rounded() / 10), Metric("workers", Double(workers)),
        ]
    }

    /// The row as a line of JSON, keys in the order above.
    public var line: String {
        let values = numbers.map { #""\#($0.name)":\#(Self.text($0.value))"# }.joined(separator: ",")
        return
            #"{"version":\#(Self.version),"step":\#(step),"epoch":\#(epoch),"split":"\#(split.rawValue)",\#(values)}"#
    }

    /// JSON has no infinity; an evaluation that is not finite is recorded as null.
    private static func text(_ value: Double) -> String { value.isFinite ? "\(ConfigurationNode.real(value))" : "null" }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys) throws -> Double {
            try container.decodeIfPresent(Double.self, forKey: key) ?? .nan
        }
        let version = try container.decodeIfPresent(Int.self, forKey: .version) ?? 1
        split = try container.decode(Split.self, forKey: .split)
        step = try container.decode(Int.self, forKey: .step) + (version == 1 && split == .train ? 1 : 0)
        epoch = try container.decode(Int.self, forKey: .epoch)
        negativeELBO = try number(.negativeELBO)
        reconstruction = try number(.reconstruction)
        divergence = try number(.divergence)
        others = try Self.others(decoder)
        imagesPerSecond = try number(.imagesPerSecond)
        workers = try container.decode(Int.self, forKey: .workers)
    }

    /// The keys that are none of a row's own.
    private static func others(_ decoder: any Decoder) throws -> [Metric] {
        let container = try decoder.container(keyedBy: MetricKey.self)
        let names = container.allKeys.filter { CodingKeys(stringValue: $0.stringValue) == nil }
        return try names.sorted { $0.stringValue < $1.stringValue }.map {
            Metric($0.stringValue, try container.decodeIfPresent(Double.self, forKey: $0) ?? .nan)
        }
    }

    private struct MetricKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads a line, or returns nil for one that is torn.
    public init?(line: some StringProtocol) {
        guard let row = try? ConfigurationNode(json: String(line))?.decode(MetricsRow.self) else { return nil }
        self = row
    }
}
