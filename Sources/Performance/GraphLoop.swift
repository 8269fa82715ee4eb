import Tensors

/// A compiled graph that runs again and again on made-up values, loading its parameters every so many runs as training does.
public final class GraphLoop {
    let executable: any Executable
    private let memory: ParameterArrays
    let inputs: [Float]
    private(set) var noise: NoiseKeys
    var outputs: [Float]
    private let runsPerLoad: Int
    private var runs = 0

    /// Compiles the graph for the calling thread.
    ///
    /// - Parameters:
    ///   - parameters: By the graph's table, or nil for small made-up numbers.
    ///   - runsPerLoad: How many runs follow each load, or nil for a single load.
    public init(
        _ graph: Graph, engine: any Engine, parameters: [Float]? = nil, statistics: [Float]? = nil,
        runsPerLoad: Int? = nil
    ) throws {
        executable = try engine.compile(graph)
        memory = ParameterArrays(
            parameters: parameters ?? madeUpNumbers(graph.parameters.count),
            statistics: statistics ?? madeUpNumbers(graph.statistics.count))
        inputs = madeUpPixels(graph.inputs.count)
        let rows = (0..<UInt32(graph.noiseRows ?? 0)).map { $0 }
        noise = NoiseKeys(seed: 1, passes: rows.map { _ in 0 }, examples: rows)
        outputs = Array(repeating: 0, count: graph.outputs.count)
        self.runsPerLoad = runsPerLoad ?? .max
    }

    /// Runs the graph once, after loading its parameters where that is due.
    public func run() {
        if runs % runsPerLoad == 0 { executable.load(memory) }
        runs += 1
        drawAnew()
        executable.run(inputs: inputs, noise: noise, into: &outputs)
    }

    /// Every run drops other channels, as in training: a processor learns what repeats.
    func drawAnew() {
        for row in noise.passes.indices { noise.passes[row] &+= 1 }
    }
}

/// Numbers between 0 and 1 without a pattern that a kernel could profit from.
private func madeUpNumbers(_ count: Int) -> [Float] {
    (0..<count).map { index in
        // The last steps of MurmurHash3: multiples of one number would be spread more evenly than independent ones.
        var bits = UInt32(truncatingIfNeeded: index &+ 1)
        for factor in [0x85EB_CA6B, 0xC2B2_AE35] as [UInt32] { bits = (bits ^ bits >> 15) &* factor }
        return Float((bits ^ bits >> 16) >> 8) * 0x1p-24
    }
}

/// The same, but as dark as MNIST's images are: 13 of 100 are brighter than 0.5, and not zero where images are binarised there.
private func madeUpPixels(_ count: Int) -> [Float] {
    madeUpNumbers(count).map { $0 * $0 * $0 * $0 * $0 }
}
