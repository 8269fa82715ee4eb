import Randomness

/// Chooses the examples that keep their labels: equally many of each class, and of each shard as far as the number allows, so that
/// every one of them counts alike.
///
/// Examples are gone through in a keyed order, and each is taken that its class and its shard still need. One that is not taken changes
/// nothing: a file in which only the chosen ones have labels gives the same choice.
public struct LabelDraw: Hashable, Sendable {
    /// How many classes there are; labels are 0 to one less.
    public let classes: Int
    /// How many examples are chosen, a multiple of the classes.
    public let count: Int
    /// Which of all the choices.
    public let draw: UInt64

    public init(classes: Int, count: Int, draw: UInt64) {
        self.classes = classes
        self.count = count
        self.draw = draw
    }

    /// The numbers of the chosen examples, ascending.
    ///
    /// - Parameters:
    ///   - labels: Of all examples, nil where there is none.
    ///   - shards: S; example i belongs to shard i mod S. 1 where nothing is sharded.
    /// - Throws: `LabelDrawError`.
    public func examples(of labels: [Int?], shards: Int) throws(LabelDrawError) -> [UInt32] {
        guard count > 0, count % classes == 0 else { throw .unbalanced(count: count, classes: classes) }
        guard count >= shards else { throw .fewerThanShards(count: count, shards: shards) }
        var missing = quotas(shards)
        var chosen: [UInt32] = []
        if !labels.isEmpty {
            let order = KeyedPermutation(count: labels.count, seed: draw, operator: RandomStream.labelDraw)
            for index in labels.indices where chosen.count < count {
                let example = order[index]
                guard let label = labels[example], missing[label][example % shards] > 0 else { continue }
                missing[label][example % shards] -= 1
                chosen.append(UInt32(example))
            }
        }
        if let label = missing.firstIndex(where: { $0.contains { $0 > 0 } }) {
            throw .tooFew(
                label: label, wanted: count / classes, found: labels.count { $0 == label }, shards: shards)
        }
        return chosen.sorted()
    }

    /// How many of each class each shard gives: the chosen ones, class after class, are dealt out to the shards in turn.
    private func quotas(_ shards: Int) -> [[Int]] {
        let each = count / classes
        var result = [[Int]](repeating: [Int](repeating: 0, count: shards), count: classes)
        for number in 0..<count { result[number / each][number % shards] += 1 }
        return result
    }
}

/// Why labelled examples cannot be chosen as asked.
public enum LabelDrawError: Error, Hashable, CustomStringConvertible {
    case unbalanced(count: Int, classes: Int)
    case fewerThanShards(count: Int, shards: Int)
    case tooFew(label: Int, wanted: Int, found: Int, shards: Int)

    public var description: String {
        switch self {
        case .unbalanced(let count, let classes):
            "\(count) labelled images cannot be as many of each of \(classes) classes: take a multiple of \(classes)"
        case .fewerThanShards(let count, let shards):
            "\(count) labelled images are fewer than the \(shards) shards, each of which needs one: label more, or use fewer shards"
        case .tooFew(let label, let wanted, let found, let shards):
            found < wanted
                ? "the data has \(found) labelled images of class \(label), and \(wanted) of each class are asked for: ask for fewer"
                : "the data's \(found) labelled images of class \(label) are too unevenly spread to take \(wanted) of them evenly from "
                    + "\(shards) shards: use fewer shards, or ask for fewer"
        }
    }
}
