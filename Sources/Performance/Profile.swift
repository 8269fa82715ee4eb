import Tensors

/// Where the time of a compiled graph goes, part by part, beside what the machine can do.
public struct Profile: Sendable {
    /// Parts of one name and kernel together, the slowest first; times are means over the measured runs.
    public let parts: [Part]
    /// Seconds of a run: the sum over the parts.
    public let seconds: Double
    /// Seconds of the convolutions and matrix products when nothing is done between them.
    public let linearSeconds: Double

    public struct Part: Hashable, Sendable {
        /// How many parts of the graph these are.
        public let count: Int
        /// The sum of their costs.
        public let cost: OperationCost
    }

    /// Runs the graph on made-up images, first to warm up and then measuring.
    ///
    /// - Returns: nil where the engine cannot tell its parts apart.
    public init?(
        _ graph: Graph, engine: any Engine, parameters: [Float]? = nil, statistics: [Float]? = nil, runs: Int = 10
    ) throws {
        let loop = try GraphLoop(graph, engine: engine, parameters: parameters, statistics: statistics)
        for _ in 0..<3 { loop.run() }
        guard var costs = loop.profile() else { return nil }
        for _ in 1..<runs {
            guard let more = loop.profile() else { return nil }
            for (index, cost) in more.enumerated() { costs[index].seconds += cost.seconds }
        }
        for index in costs.indices { costs[index].seconds /= Double(runs) }
        parts = Self.together(costs)
        seconds = costs.reduce(0) { $0 + $1.seconds }
        linearSeconds = loop.secondsOfLinearParts(runs: runs)
    }

    private static func together(_ costs: [OperationCost]) -> [Part] {
        let groups = Dictionary(grouping: costs) { [$0.kind.rawValue, $0.name, $0.kernel] }
        let parts = groups.values.map { group in
            Part(
                count: group.count,
                cost: OperationCost(
                    kind: group[0].kind, name: group[0].name, kernel: group[0].kernel,
                    flops: group.reduce(0) { $0 + $1.flops }, bytes: group.reduce(0) { $0 + $1.bytes },
                    seconds: group.reduce(0) { $0 + $1.seconds }))
        }
        return parts.sorted { ($0.cost.seconds, $1.cost.name) > ($1.cost.seconds, $0.cost.name) }
    }
}

extension GraphLoop {
    /// Runs once and returns what each part cost, or nil where the engine cannot say.
    func profile() -> [OperationCost]? {
        drawAnew()
        return (executable as? any ProfilingExecutable)?.profile(inputs: inputs, noise: noise, into: &outputs)
    }

    /// Runs the graph's convolutions and matrix products alone, on what a run has left in memory: the least that a run can take.
    public func runLinearParts() {
        drawAnew()
        (executable as? any ProfilingExecutable)?.runLinearParts(noise: noise)
    }

    /// The time of a run's convolutions and matrix products alone.
    func secondsOfLinearParts(runs: Int) -> Double {
        runLinearParts()
        let time = ContinuousClock().measure { for _ in 0..<runs { runLinearParts() } }
        return time / .seconds(1) / Double(runs)
    }
}
