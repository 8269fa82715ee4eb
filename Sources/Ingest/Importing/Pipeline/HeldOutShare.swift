import Randomness

/// The share of a source without splits that is held out.
///
/// Each example has a random number by its place in the source and the seed, and those with the smallest are the split `valid`: round(share · N)
/// of them, at least one.
enum HeldOutShare {
    static func apply(_ files: SourceFiles, to plan: inout ImportPlan) throws {
        guard let share = files.options.heldOutShare else { return }
        guard !plan.hasSplits else {
            throw DataError(
                files.shown,
                "has splits of its own (\(plan.splits.joined(separator: ", "))): leave --split out")
        }
        guard plan.count > 1 else { throw DataError(files.shown, "has one image, of which no share can be held out") }
        let count = min(plan.count - 1, max(1, Int((share * Double(plan.count)).rounded())))
        let stream = RandomStream(seed: files.options.seed, operator: RandomStream.shuffle, pass: .max)
        let keys = (0..<plan.count).map { UInt64(stream.bits($0)) << 32 | UInt64($0) }
        let bound = keys.sorted()[count - 1]
        plan.splits = ["train", "valid"]
        plan.assignment = keys.map { $0 <= bound ? 1 : 0 }
        plan.provenance["held_out"] = "share \(share), seed \(files.options.seed)"
    }
}
