import Contract
import Coordination

/// Integers in place of floats: every operation depends on all its arguments and on their order, so that a wrong example,
/// a wrong parent or a wrong order shows.
enum Arithmetic {
    static let parameterCount = 10
    static let partialCount = 5
    static let evaluationCount = 2
    static let exampleBytes = 4

    static func mix(_ values: Int...) -> Int {
        values.reduce(17) { ($0 &* 1_000_003) ^ ($1 &+ ($0 >> 7)) }
    }

    static func pixels(_ example: UInt32, _ split: PixelSplit) -> Int {
        mix(Int(example), Int(split.rawValue), 99)
    }

    static func initialParameters() -> [Int] {
        (0..<parameterCount).map { mix($0) }
    }

    /// A leaf's partial.
    static func leaf(_ round: Round, shard: Int, pixels: [Int], parameters: [Int]) -> [Int] {
        let seed = (pixels + parameters).reduce(mix(round.step, Int(round.kind.rawValue), shard)) { mix($0, $1) }
        return (0..<(round.kind == .training ? partialCount : evaluationCount)).map { mix(seed, $0) }
    }

    /// Not commutative, unlike the real fold: even a swap of left and right shows.
    static func fold(_ left: [Int], _ right: [Int]) -> [Int] {
        zip(left, right).map { mix($0, $1) }
    }

    static func apply(_ sum: [Int], to parameters: [Int]) -> [Int] {
        parameters.indices.map { mix(parameters[$0], sum[$0 % sum.count]) }
    }

    static func examples(_ round: Round, shard: Int, _ contract: Contract) -> [UInt32] {
        if round.kind == .evaluation { return contract.evaluation.examples(inShard: shard).map(UInt32.init) }
        guard let plan = try? contract.plan() else { return [] }
        return plan.microbatch(step: round.step, shard: shard, seed: contract.seed).examples
    }

    /// The same run in one loop: what every cluster must end with.
    static func quietRun(_ contract: Contract, rounds: [Round]) -> [[Int]] {
        var parameters = initialParameters()
        var sums: [[Int]] = []
        for round in rounds {
            let leaves = (0..<contract.shards).map { shard in
                leaf(
                    round, shard: shard,
                    pixels: examples(round, shard: shard, contract).map { pixels($0, round.kind.split) },
                    parameters: parameters)
            }
            let sum = foldAll(leaves)
            sums.append(sum)
            if round.kind == .training { parameters = apply(sum, to: parameters) }
        }
        return sums + [parameters]
    }

    private static func foldAll(_ leaves: [[Int]]) -> [Int] {
        if leaves.count == 1 { return leaves[0] }
        let half = leaves.count / 2
        return fold(foldAll(Array(leaves[..<half])), foldAll(Array(leaves[half...])))
    }
}
