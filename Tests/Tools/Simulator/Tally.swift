/// What many runs came to.
public struct Tally: Sendable, CustomStringConvertible {
    public private(set) var runs = 0
    public private(set) var steps = 0
    public private(set) var faults: [String: Int] = [:]
    public private(set) var violations: [Verdict] = []

    public init() {}

    public mutating func add(_ verdict: Verdict) {
        runs += 1
        steps += verdict.steps
        faults.merge(verdict.faults, uniquingKeysWith: +)
        if verdict.violation != nil { violations.append(verdict) }
    }

    /// Every kind of fault there is.
    public static var kinds: [String] {
        Scenario.Fault.allCases.map(\.rawValue) + SimulatedDisk.Fault.allCases.map(\.rawValue)
    }

    public var description: String {
        var lines = Self.kinds.map { kind in
            let count = String(faults[kind] ?? 0)
            return String(repeating: " ", count: max(0, 10 - count.count)) + count + "  " + kind
        }
        lines.append("\(runs) runs, \(steps) steps committed, \(faults.values.reduce(0, +)) faults")
        lines += violations.prefix(20).map { "seed \($0.seed): \($0.violation ?? "")" }
        lines.append(violations.isEmpty ? "every digest is the quiet run's" : "\(violations.count) runs went wrong")
        return lines.joined(separator: "\n")
    }
}
