/// What is wrong with a configuration, and where in it.
public struct ConfigurationProblem: Error, Hashable, CustomStringConvertible {
    /// The path of the value, such as `model.encoder[0]`; empty for the whole.
    public let path: String
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// A key that nobody asked for.
    init(unknownKey key: String, at path: String, known: some Sequence<String>) {
        let suggestion = nearest(to: key, in: known).map { "did you mean \($0)?" }
        let all = "known are \(known.sorted().joined(separator: ", "))"
        self.init(path: path, reason: "the key \(key) is unknown; \(suggestion ?? all)")
    }

    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

/// The name most like another, if at most a third of it, or two letters, would have to change.
public func nearest(to name: String, in names: some Sequence<String>) -> String? {
    let distances = names.sorted().map { (name: $0, distance: editDistance(name.lowercased(), $0.lowercased())) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, name.count / 3) ? best.name : nil
}

/// How many letters to insert, remove or replace to make one word of the other (Levenshtein 1966).
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in right.indices {
            let replaced = diagonal + (letter == right[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
