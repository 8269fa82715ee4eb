import Contract
import Hashing
import SwiftProtobuf
import Tensors
import Training
import VAE

/// A trained model as other programs take it: its tensors, a module of PyTorch, and graphs of ONNX.
///
/// Start here: `files` is what `tributary export` writes, but for the pictures.
public struct ExportedModel: Sendable {
    public let program: TrainingProgram
    /// What the tensors are called.
    public let dictionary: StateDictionary
    let checkpoint: Checkpoint
    /// Which weights are exported.
    let weights: Weights
    private let parameters: [Float]
    private let statistics: [Float]

    /// The most bytes that protobuf lets a message have, and what is left of them for all but the tensors.
    private static let mostBytes = Int(Int32.max) - (1 << 24)

    /// - Throws: What `TrainingProgram` throws for a contract that cannot be built; `ExportError` for a model that ONNX cannot hold.
    public init(_ checkpoint: Checkpoint, _ weights: Weights) throws {
        program = try TrainingProgram(checkpoint.contract)
        self.checkpoint = checkpoint
        let average = weights == .average ? checkpoint.state.average : nil
        parameters = average?.parameters ?? checkpoint.state.parameters
        statistics = average?.statistics ?? checkpoint.state.statistics
        self.weights = average == nil ? .last : .average
        dictionary = StateDictionary(program.model)
        let bytes = 4 * (parameters.count + statistics.count)
        guard bytes <= Self.mostBytes else {
            throw ExportError(
                description: "a model of \(bytes) bytes is too large for an ONNX file, which holds \(Self.mostBytes): "
                    + "make its layers smaller")
        }
    }

    /// The name of the file of tensors.
    public static let tensorsFile = "model.safetensors"

    /// The files of an export: names and contents.
    ///
    /// - Parameters:
    ///   - provenance: What the image file says of itself, such as its `source` and `crop`; nil where nobody named it.
    ///   - hasSamples: Whether `samples.png` lies beside them.
    public func files(provenance: [String: String]?, hasSamples: Bool) throws -> [(name: String, bytes: [UInt8])] {
        let card = ModelCard(model: self, provenance: provenance, hasSamples: hasSamples)
        let texts = [("config.json", configuration), ("model.py", module), ("README.md", card.text)]
        return [(Self.tensorsFile, tensors.encoded)] + (try graphs(provenance))
            + texts.map { ($0.0, Array($0.1.utf8)) }
    }

    /// The graphs, each a file.
    private func graphs(_ provenance: [String: String]?) throws -> [(name: String, bytes: [UInt8])] {
        let graphs = ModelGraphs(model: program.model, weights: source)
        let named =
            [("encoder", graphs.encoder), ("decoder", graphs.decoder)]
            + (graphs.classifier.map { [("classifier", $0)] } ?? [])
        return try named.map { name, graph in
            ("\(name).onnx", try graph.model(metadata: metadata(provenance)).serializedBytes())
        }
    }

    /// The tensors by the names of PyTorch, and what they are.
    public var tensors: SafeTensors {
        var tensors: [String: SafeTensors.Tensor] = [:]
        for entry in dictionary.entries {
            tensors[entry.name] = .init(shape: entry.shape.dimensions, elements: .float32(values(entry)))
        }
        for name in dictionary.counters {
            tensors[name] = .init(shape: [], elements: .int64([Int64(checkpoint.state.step)]))
        }
        return SafeTensors(
            tensors: tensors,
            metadata: [
                "format": "pt", "producer": "tributary", "run": checkpoint.run, "step": "\(checkpoint.state.step)",
                "digest": "\(checkpoint.state.digest)", "weights": weights.rawValue,
                "contract": checkpoint.contract.canonicalJSON,
            ])
    }

    /// `model.py`.
    var module: String {
        PyTorchModule(model: program.model, dictionary: dictionary).text(
            title:
                "The model of run \(checkpoint.run) after \(checkpoint.state.step) steps, written by `tributary export`."
        )
    }

    /// `config.json`: the run's configuration.
    private var configuration: String { program.configuration.node.indentedJSON + "\n" }

    private var source: WeightSource { WeightSource(dictionary: dictionary) { values($0) } }

    private func values(_ entry: StateDictionary.Entry) -> [Float] {
        let layout = program.layout
        let table = entry.isParameter ? layout.parameters : layout.statistics
        guard let slice = table[entry.path] else { preconditionFailure("the model has no tensor \(entry.path)") }
        return Array((entry.isParameter ? parameters : statistics)[slice.range])
    }

    private func metadata(_ provenance: [String: String]?) -> [(key: String, value: String)] {
        let channels = program.configuration.model.images.channels
        var entries = [
            ("pixels", "0 (black) to 1 (white), batch x channels x height x width"),
            ("channels", channels == 3 ? "red, green, blue" : channels == 1 ? "grey" : "\(channels)"),
            ("run", checkpoint.run), ("step", "\(checkpoint.state.step)"), ("digest", "\(checkpoint.state.digest)"),
        ]
        if let crop = provenance?["crop"] { entries.append(("crop", crop)) }
        return entries
    }
}

/// Why a model cannot be written for others.
public struct ExportError: Error, Hashable, CustomStringConvertible {
    public let description: String
}
