import Contract

/// What a run may make a worker hold, in bytes, and what it asks for.
///
/// A contract comes from the network: what it asks for is added up before any of it is allocated. The sums are done in floating
/// point, where nothing overflows.
package struct MemoryBudget: Sendable {
    let limit: Int
    /// Everything but pixels and graphs.
    private let rest: Double
    private let graphs: Double?
    /// What an example takes with its places in lists and on the heap.
    private let exampleBytes: Double

    /// - Parameters:
    ///   - graphs: What the compiled graphs of all threads hold; nil where that is not known yet.
    ///   - duties: What the worker may hold for others.
    init(limit: Int, welcome: CoordinatorMessage.Welcome, threads: Int, graphs: Int?, duties: Double) {
        let parameters = Double(welcome.parameterBytes)
        let partial = Double(welcome.partialBytes)
        let evaluation = Double(welcome.evaluationBytes)
        let parts = [
            2 * parameters,
            Double(threads + 1) * (parameters + partial + evaluation),
            // Which chunks of a sum are there, where a mad coordinator makes chunks of one byte.
            partial + evaluation,
            // What is under way on the link.
            2 * Double(min(welcome.windowBytes, 1 << 30)),
            // Sums that lie where the coordinator reads them.
            welcome.memory == nil ? 0 : Double(MemoryRegion.sumSlots) * max(partial, evaluation),
            duties,
        ]
        self.limit = limit
        rest = parts.reduce(0, +)
        self.graphs = graphs.map(Double.init)
        exampleBytes = Double(welcome.exampleBytes) + 80
    }

    /// What a worker holds with the pixels of so many examples.
    func bytes(examples: Int) -> Double { rest + (graphs ?? 0) + Double(examples) * exampleBytes }

    /// What is left for graphs beside the pixels of so many examples.
    func bytesForGraphs(besides examples: Int) -> Int {
        Int(max(0, min(Double(limit) - bytes(examples: examples), 1e18)))
    }

    /// How many examples' pixels fit beside the rest.
    var examples: Int { Int(max(0, min((Double(limit) - bytes(examples: 0)) / exampleBytes, 1e15))) }

    /// Says that the pixels of so many examples do not fit beside the rest, or nothing where they do.
    func problem(examples: Int) -> String? {
        let needed = bytes(examples: examples)
        guard needed > Double(limit) else { return nil }
        let more = graphs == nil ? ", besides what it needs to compute," : ""
        return
            "the run needs \(Self.text(needed)) of memory here\(more) and this worker may use \(Self.text(Double(limit), .down)): "
            + Self.remedy
    }

    static let remedy = "give it more with --memory, or use more machines"

    /// "1.5 GB", or "1.0 MB" below a gigabyte. What is needed is rounded up and what is there down, so that two that differ look different.
    package static func text(_ bytes: Double, _ rounding: FloatingPointRoundingRule = .up) -> String {
        let (unit, name) = bytes < 1e9 ? (1e6, "MB") : (1e9, "GB")
        let tenths = Int((min(bytes, 1e18) / unit * 10).rounded(rounding))
        return "\(tenths / 10).\(tenths % 10) \(name)"
    }
}
