import Contract
import Training

/// What a run came to so far, in a few numbers from the rows of its record. Nats are averaged over examples.
public struct RunFigures: Sendable {
    /// How many steps are applied.
    public let step: Int
    /// From 1: the epoch that the last step lies in.
    public let epoch: Int
    /// The mean of the steps of the last epoch, of which the run may not have all.
    public let train: Terms?
    /// The last evaluation of the held-out examples.
    public let heldOut: MetricsRow?
    /// The evaluation with the lowest −ELBO that is a number; of equal ones the first.
    public let best: MetricsRow?
    /// The median of the last 100 steps.
    public let imagesPerSecond: Double?
    /// How many workers the last step had.
    public let workers: Int?

    /// Both terms of the negative ELBO, in nats.
    public struct Terms: Sendable {
        public let reconstruction: Double
        public let divergence: Double
        public var negativeELBO: Double { reconstruction + divergence }

        public init(reconstruction: Double, divergence: Double) {
            self.reconstruction = reconstruction
            self.divergence = divergence
        }
    }

    /// - Parameter rows: All rows of the record, in their order.
    public init(_ rows: [MetricsRow]) {
        let steps = rows.filter { $0.split == .train }
        let evaluations = rows.filter { $0.split == .valid }
        step = rows.last?.step ?? 0
        epoch = rows.last?.epoch ?? 0
        train = steps.last.map { last in
            let epoch = steps.suffix(while: { $0.epoch == last.epoch })
            return Terms(
                reconstruction: mean(epoch.map(\.reconstruction)), divergence: mean(epoch.map(\.divergence)))
        }
        heldOut = evaluations.last
        best = evaluations.filter(\.negativeELBO.isFinite).min { $0.negativeELBO < $1.negativeELBO }
        imagesPerSecond = median(steps.suffix(100).map(\.imagesPerSecond))
        workers = steps.last?.workers
    }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

private func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
}

extension BidirectionalCollection {
    /// The longest end of which all elements are as asked.
    fileprivate func suffix(while isAsAsked: (Element) -> Bool) -> SubSequence {
        self[(lastIndex { !isAsAsked($0) }.map { index(after: $0) } ?? startIndex)...]
    }
}
