import Foundation

/// What `chaos run` prints.
struct Report: Encodable, CustomStringConvertible {
    /// What faults of one kind cost.
    struct Kind: Encodable {
        let kind: Fault
        let count: Int
        let medianSeconds: Double
        let worstSeconds: Double

        enum CodingKeys: String, CodingKey {
            case kind
            case count
            case medianSeconds = "median_s"
            case worstSeconds = "worst_s"
        }
    }

    let seed: UInt64
    let workers: Int
    let faults: [Kind]
    let steps: Int
    let repeatedSteps: Int
    let seconds: Double
    let stepsPerSecond: Double
    let quietStepsPerSecond: Double
    let throughputKept: Double
    let comparedDigests: Int
    let digest: String
    let quietDigest: String
    let digestEqual: Bool

    enum CodingKeys: String, CodingKey {
        case seed
        case workers
        case faults
        case steps
        case repeatedSteps = "repeated_steps"
        case seconds = "seconds"
        case stepsPerSecond = "steps_per_second"
        case quietStepsPerSecond = "quiet_steps_per_second"
        case throughputKept = "throughput_kept"
        case comparedDigests = "compared_digests"
        case digest
        case quietDigest = "quiet_digest"
        case digestEqual = "digest_equal"
    }

    var description: String {
        let rows = faults.map { kind in
            pad(kind.kind.rawValue, 14) + pad("\(kind.count)", 8) + pad(number(kind.medianSeconds, "%.2f s"), 11)
                + number(kind.worstSeconds, "%.2f s")
        }
        return """
            \(pad("fault", 14) + pad("count", 8) + pad("median", 11))worst: the longest time without a committed step
            \(rows.joined(separator: "\n"))
            \(steps) steps committed in \(number(seconds, "%.1f")) s with \(workers) workers, seed \(seed); \
            \(repeatedSteps) of them again after the coordinator's death
            \(number(stepsPerSecond, "%.1f")) steps a second, \(number(100 * throughputKept, "%.1f")) % of the quiet run's \
            \(number(quietStepsPerSecond, "%.1f"))
            \(digestEqual ? "digest equal" : "DIGEST NOT EQUAL") after \(steps) steps: \(digest.prefix(16))…\
            \(digestEqual ? "" : " and in peace \(quietDigest.prefix(16))…"), \(comparedDigests) rows of digests.jsonl compared
            """
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text.padding(toLength: width, withPad: " ", startingAt: 0)
    }

    private func number(_ value: Double, _ format: String) -> String { String(format: format, value) }
}
