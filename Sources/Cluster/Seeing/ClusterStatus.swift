import Foundation

/// How a run and its workers are doing, at one moment: what a coordinator shows of itself about once a second.
///
/// It is `status.json` in the run directory, the answer to whoever asks over the control link, and what metrics are made of.
public struct ClusterStatus: Codable, Sendable, Equatable {
    /// Raised where a key changes its meaning.
    public var version = 1
    /// When it was so, as RFC 3339 has it.
    public var time: String
    /// 32 hexadecimal digits.
    public var run: String
    /// How many steps are applied, and how many will be when the run stops.
    public var step: Int
    public var totalSteps: Int
    /// From 1.
    public var epoch: Int
    public var totalEpochs: Int
    /// Images of a step.
    public var globalBatch: Int
    /// Of all workers, over the last ten seconds; steps that evaluations hold up count.
    public var imagesPerSecond: Double
    /// Such as "step 12"; nil between two rounds.
    public var round: String?
    /// What the round waits for, in a sentence.
    public var waiting: String?
    /// Of the last step.
    public var training: Terms?
    /// Of the last evaluation.
    public var heldOut: Terms?
    public var checkpoint: SavedCheckpoint?
    /// In the order of their names.
    public var workers: [Worker]
    public var totals: Totals
    public var stepSeconds: Histogram
    /// The last ones, the newest last.
    public var events: [Event]

    /// The terms of the negative ELBO, in nats an image.
    public struct Terms: Codable, Sendable, Equatable {
        /// How many steps were applied.
        public var step: Int
        public var reconstruction: Double
        public var divergence: Double
    }

    public struct SavedCheckpoint: Codable, Sendable, Equatable {
        public var step: Int
        public var ageSeconds: Double
    }

    /// A worker that is here.
    public struct Worker: Codable, Sendable, Equatable {
        public var name: String
        public var host: String
        public var process: Int
        public var threads: Int
        /// `preparing`, `computing`, `waiting` or `late`.
        public var activity: String
        /// The nodes of the round that are expected of it.
        public var nodes: [Int]
        /// How long ago it got the oldest of them.
        public var waitedSeconds: Double?
        /// Over the last ten seconds.
        public var imagesPerSecond: Double
        /// Of the images of all workers in that time, from 0 to 1.
        public var share: Double
        public var bytesUnderWay: Int
        public var totals: WorkerTotals
    }

    /// What came of a worker since the coordinator began.
    public struct WorkerTotals: Codable, Sendable, Equatable {
        public var images = 0
        /// Parameters and pixels that it was sent, and sums that it sent, in bytes: over its bulk link or through shared memory.
        public var parameterBytes = 0
        public var pixelBytes = 0
        public var sumBytes = 0
        /// Steps whose last sum was its own, so that the others waited for it.
        public var lastInSteps = 0
        /// Leases of it that were given to others, too.
        public var lateLeases = 0

        static func += (left: inout WorkerTotals, right: WorkerTotals) {
            left.images += right.images
            left.parameterBytes += right.parameterBytes
            left.pixelBytes += right.pixelBytes
            left.sumBytes += right.sumBytes
            left.lastInSteps += right.lastInSteps
            left.lateLeases += right.lateLeases
        }
    }

    /// Counts since the coordinator began.
    public struct Totals: Codable, Sendable, Equatable {
        public var steps = 0
        public var images = 0
        public var evaluations = 0
        public var checkpoints = 0
        public var joined = 0
        public var left = 0
        public var refused = 0
        public var lateLeases = 0
        /// Nodes that were to be computed twice, and those of them that were not.
        public var audits = 0
        public var missedAudits = 0
        /// Sums that two workers computed differently.
        public var disputes = 0
        public var quarantined = 0
        public var malformedMessages = 0
    }

    /// Something that happened.
    public struct Event: Codable, Sendable, Equatable {
        public var time: String
        /// `debug`, `info`, `warning` or `error`.
        public var level: String
        public var message: String
    }

    /// How many values were at most so large.
    public struct Histogram: Codable, Sendable, Equatable {
        /// Ascending.
        public var bounds: [Double]
        /// Of the values above the bound before, and in the end above all bounds.
        public var counts: [Int]
        public var sum = 0.0

        public init(bounds: [Double]) {
            self.bounds = bounds
            counts = Array(repeating: 0, count: bounds.count + 1)
        }

        mutating func add(_ value: Double) {
            counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
            sum += value
        }
    }

}

extension ClusterStatus {
    /// Its JSON, keys in snake case.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return Array(try encoder.encode(self))
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `UnreadableStatus`.
    public init(encoded bytes: [UInt8]) throws(UnreadableStatus) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            self = try decoder.decode(Self.self, from: Data(bytes))
        } catch {
            throw UnreadableStatus()
        }
        guard stepSeconds.counts.count == stepSeconds.bounds.count + 1 else { throw UnreadableStatus() }
    }
}

/// What a coordinator said of itself is not what this program understands.
public struct UnreadableStatus: Error, CustomStringConvertible {
    public let description =
        "the coordinator's account of itself is not one that this program understands: use the same build of Tributary"
}
