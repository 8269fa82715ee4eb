import Export
import ExportSamples
import OneDNN
import Randomness
import Tensors
import Training
import VAE

/// A sample after a few steps, at work.
struct TrainedSample {
    let checkpoint: Checkpoint
    private let program: TrainingProgram
    private let engine: OneDNNEngine

    private static let steps = 3
    /// More than one, and no multiple of anything.
    private static let rows = 7

    init(_ sample: ExportSample) throws {
        engine = try OneDNNEngine(precision: .float32)
        let source = RandomImages(sample.configuration.model)
        program = try TrainingProgram(sample.configuration, source: source)
        var trainer = try LocalTrainer(program, engine: engine, source: source, state: program.initialState())
        try trainer.train(to: Self.steps)
        checkpoint = Checkpoint(
            contract: try program.contract(engine: engine, dataFingerprint: source.fingerprint), run: "0",
            state: trainer.state, history: trainer.history)
    }

    /// Inputs and Tributary's own outputs, by the names that the ONNX files give them.
    func expected() throws -> SafeTensors {
        let model = program.model
        let pixels = RandomImages(program.configuration.model).pixels(of: Array(0..<Self.rows), in: .valid)
            .map { Float($0) / 255 }
        var tensors = try run(model.encodingGraph(count: Self.rows), pixels)
        let latents = (0..<UInt32(Self.rows)).flatMap { row in
            program.configuration.model.latents.draw(RandomStream(seed: 1, operator: 7, example: row))
        }
        let width = program.configuration.model.latents.count
        let labels = tensors["label"].map { Self.floats($0) } ?? []
        let classes = labels.count / Self.rows
        var code: [Float] = []
        for row in 0..<Self.rows {
            code += latents[row * width..<(row + 1) * width]
            code += labels[row * classes..<(row + 1) * classes]
        }
        tensors["image"] = try run(model.samplingGraph(count: Self.rows), code)["pixels"]
        tensors["latents"] = .init(shape: [Self.rows, width], elements: .float32(latents))
        if model.structure.classifier != nil, let graph = model.classificationGraph(count: Self.rows) {
            tensors["probabilities"] = try run(graph, pixels)["probabilities"]
        }
        let images = program.configuration.model.images
        tensors["pixels"] = .init(
            shape: [Self.rows, images.channels, images.height, images.width], elements: .float32(pixels))
        return SafeTensors(tensors: tensors, metadata: [:])
    }

    private func run(_ graph: Graph, _ inputs: [Float]) throws -> [String: SafeTensors.Tensor] {
        let executable = try engine.compile(graph)
        executable.load(checkpoint.state.memory(.average))
        var outputs = [Float](repeating: 0, count: graph.outputs.count)
        let noise = NoiseKeys(
            seed: 1, passes: Array(repeating: 0, count: Self.rows), examples: (0..<UInt32(Self.rows)).map { $0 })
        executable.run(inputs: inputs, noise: noise, into: &outputs)
        return Dictionary(
            uniqueKeysWithValues: graph.outputs.slices.map { slice in
                (slice.name, .init(shape: slice.shape.dimensions, elements: .float32(Array(outputs[slice.range]))))
            })
    }

    private static func floats(_ tensor: SafeTensors.Tensor) -> [Float] {
        if case .float32(let values) = tensor.elements { values } else { [] }
    }
}

/// Keyed random images of a model's size; black and white ones where the model draws them so, since drawing leaves those as they are.
private struct RandomImages: ExampleSource {
    private let model: ModelDescription
    let fingerprint = "random"

    init(_ model: ModelDescription) { self.model = model }

    var channels: Int { model.images.channels }
    var height: Int { model.images.height }
    var width: Int { model.images.width }

    func count(_ split: Split) -> Int { split == .train ? 40 : 10 }

    func pixels(of rows: [Int], in split: Split) -> [UInt8] {
        let isDrawn = [.dynamic, .static].contains(model.images.binarize)
        return rows.flatMap { row in
            let stream = RandomStream(seed: split == .train ? 1 : 2, operator: 7, example: UInt32(row))
            return (0..<pixelsPerExample).map { index in
                let byte = UInt8(truncatingIfNeeded: stream.bits(index))
                return isDrawn ? (byte < 128 ? 0 : 255) : byte
            }
        }
    }

    func labels(of rows: [Int], in split: Split) -> [Int?] { rows.map { row in model.classes.map { row % $0 } } }
}
