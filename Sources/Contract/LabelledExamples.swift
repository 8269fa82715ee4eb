/// Which training examples have a label that training may read, and how many of them each microbatch has.
///
/// Labels themselves are data; this is the choice, which the contract holds: a worker needs it to know its rows.
public struct LabelledExamples: Hashable, Sendable, Codable {
    /// Their numbers in the training split, ascending.
    public let examples: [UInt32]
    /// How many rows of each microbatch are labelled ones. The others are examples without a label.
    public let perMicrobatch: Int

    enum CodingKeys: String, CodingKey, CaseIterable {
        case examples
        case perMicrobatch = "per_microbatch"
    }

    public init(examples: [UInt32], perMicrobatch: Int) {
        self.examples = examples
        self.perMicrobatch = perMicrobatch
    }

    /// Whether an example is one of them.
    public func contains(_ example: UInt32) -> Bool {
        var (low, high) = (0, examples.count)
        while low < high {
            let middle = (low + high) / 2
            if examples[middle] < example { low = middle + 1 } else { high = middle }
        }
        return low < examples.count && examples[low] == example
    }

    /// Their places in each of S shards, ascending: example i is at place i / S of shard i mod S.
    func places(inEachOf shards: Int) -> [[Int]] {
        examples.reduce(into: [[Int]](repeating: [], count: shards)) { places, example in
            places[Int(example) % shards].append(Int(example) / shards)
        }
    }
}
