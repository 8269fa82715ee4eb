import Hashing
import Tensors
import Testing

@testable import VAE

/// The graphs of the presets are those that runs were begun with: an engine computes the same bits from the same graph, so a
/// change here would end every run that is to be resumed.
@Suite struct GraphFingerprintTests {
    private static let recorded: [(preset: String, fingerprint: String)] = [
        ("mlp", "296542ea8ef3cb34961bcf64f8db6448b26a95c6bc8a04f53ff909311610c1a1"),
        ("mnist", "2784b2366d79472307b5addcc51233911760c351a2fc732af30f4faffbec0f97"),
        ("face-64", "0ccc5726f43f892bf473c73240c98316f6cf87b18853885754745f0036e4a8de"),
        ("face-128", "b5cc7a5511510dee1bad52463aeb198e01aa0f37438d7ddbd03c51bf474403a7"),
    ]

    @Test(arguments: recorded)
    func graphsAreThoseOfEarlierRuns(name: String, recorded: String) throws {
        let preset = try #require(Preset.named(name))
        let model = try VariationalAutoencoder(preset.model, preset.objective)
        let graphs = [
            try model.trainingGraph(microbatch: 4), model.evaluationGraph(microbatch: 4),
            model.reconstructionGraph(count: 2), model.samplingGraph(count: 2), model.encodingGraph(count: 2),
        ]
        var hash = SHA256()
        for graph in graphs + graphs.map({ $0.rounded(to: .bfloat16) }) { hash.update(Self.text(of: graph)) }
        hash.update(model.initialParameters(seed: 1))
        hash.update(model.initialStatistics())
        #expect(hash.finalize().description == recorded)
    }

    /// Every node with its operands, and every table, a line each.
    private static func text(of graph: Graph) -> String {
        let tables = [graph.parameters, graph.statistics, graph.inputs, graph.outputs].flatMap { table in
            table.slices.map { "\($0.name) \($0.shape) \($0.offset)" }
        }
        // What operations could not say when this was recorded, they do not say here.
        let nodes = graph.nodes.map {
            "\($0.operation) \($0.inputs) \($0.shape)".replacing(", isInEveryPass: false", with: "")
        }
        return (tables + nodes + ["\(graph.outputNodes)"]).joined(separator: "\n")
    }
}
