/// The pictures of a source that cannot be read, all of them.
struct Unreadable: Error, CustomStringConvertible {
    private let all: Int
    private var reasons: [Int: String] = [:]

    /// - Parameter all: How many pictures there are.
    init(of all: Int) { self.all = all }

    var count: Int { reasons.count }

    func contains(_ index: Int) -> Bool { reasons[index] != nil }

    mutating func add(_ examples: [ShapedExample]) {
        for example in examples {
            if case .failure(let error) = example.result { reasons[example.index] = String("\(error)".prefix(400)) }
        }
    }

    /// What is said where the import goes on without them.
    var notes: [String] {
        count == 0 ? [] : ["\(counted(count, "picture")) could not be read and left out: \(list)"]
    }

    var description: String {
        guard count > 1 || all == 1 else {
            return "\(list); \(counted(all - 1, "other picture")) can be read, and --skip-unreadable 1 imports them"
        }
        guard count < all else { return "none of \(counted(all, "picture")) can be read: \(list)" }
        return
            "\(count) of \(all) pictures cannot be read; mend them, or leave them out with --skip-unreadable \(count): \(list)"
    }

    /// The first ten, a clause each.
    private var list: String {
        let first = reasons.sorted { $0.key < $1.key }.prefix(10).map { $0.value.trimmingSuffix(".") }
        return first.joined(separator: "; ") + (count > first.count ? "; and \(count - first.count) more" : "")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String { last == suffix ? String(dropLast()) : self }
}
