import ExportSamples
import Foundation
import SwiftProtobuf
import Tensors
import Testing
import Training
import VAE

@testable import Export

struct ExportedModelTests {
    /// The contract's model before its first step, exported.
    private func exported(_ configuration: RunConfiguration) throws -> ExportedModel {
        var configuration = configuration
        (configuration.shards, configuration.microbatch) = (2, 4)
        let labelled = configuration.labels.map { _ in (0..<UInt32(10)).map { $0 } }
        let program = try TrainingProgram(
            configuration, trainingExamples: 40, validationExamples: 0, labelled: labelled)
        let contract = try program.contract(engine: NoEngine(), dataFingerprint: "none")
        return try ExportedModel(
            Checkpoint(contract: contract, run: "0", state: program.initialState(), history: History()), .average)
    }

    @Test(arguments: ExportSample.all.map(\.name)) func everyTensorIsNamedOnceAndUsed(_ name: String) throws {
        let sample = try #require(ExportSample.all.first { $0.name == name })
        let model = try exported(sample.configuration)
        let names = model.dictionary.entries.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(model.tensors.tensors.keys) == Set(names + model.dictionary.counters))
        let files = try model.files(provenance: nil, hasSamples: false)
        let module = String(decoding: try #require(files.first { $0.name == "model.py" }).bytes, as: UTF8.self)
        for name in names where !name.hasPrefix("encoder.") && !name.hasPrefix("decoder.") {
            #expect(module.contains(name.split(separator: ".")[0]), "model.py does not hold \(name)")
        }
    }

    @Test func theGraphOfASmallNetworkIsTheseNodes() throws {
        var configuration = RunConfiguration.preset("mnist")!
        configuration.model = ModelDescription(
            images: ImageDescription(channels: 1, height: 5, width: 5, binarize: 0.5),
            encoder: [
                .convolution(filters: 2, window: 3, stride: 2, padding: 1, bias: false), .batchNormalization(),
                .flatten,
            ],
            latents: 3,
            decoder: [
                .linear(units: 18), .leakyReLU(slope: 0.01), .reshape(2, 3, 3),
                .transposedConvolution(filters: 1, window: 3, stride: 2, padding: 1, trim: Trim(rows: 0, columns: 0)),
            ])
        configuration.objective = Objective(likelihood: .bernoulli)
        let files = try exported(configuration).files(provenance: nil, hasSamples: false)
        func model(_ name: String) throws -> Onnx_ModelProto {
            try Onnx_ModelProto(serializedBytes: try #require(files.first { $0.name == name }).bytes)
        }
        let encoder = try model("encoder.onnx")
        #expect(encoder.irVersion == 8 && encoder.opsetImport.map(\.version) == [17])
        #expect(
            encoder.graph.node.map(\.text) == [
                "prepared = Greater(pixels, prepared.constant)", "prepared_2 = Cast(prepared) to=1",
                "encoder.0 = Conv(prepared_2, encoder.0.weight) kernel_shape=3,3 strides=2,2 dilations=1,1 group=1 pads=1,1,1,1",
                "encoder.1 = BatchNormalization(encoder.0, encoder.1.weight, encoder.1.bias, encoder.1.running_mean, "
                    + "encoder.1.running_var) epsilon=1e-05 training_mode=0",
                "encoder.2 = Flatten(encoder.1) axis=1",
                "encoder_mean = Gemm(encoder.2, encoder_mean.weight, encoder_mean.bias) transB=1",
                "encoder_log_variance = Gemm(encoder.2, encoder_log_variance.weight, encoder_log_variance.bias) transB=1",
                "mean = Identity(encoder_mean)", "log_variance = Identity(encoder_log_variance)",
            ])
        #expect(encoder.graph.input.map(\.text) == ["pixels: batch 1 5 5"])
        #expect(encoder.graph.output.map(\.text) == ["mean: batch 3", "log_variance: batch 3"])
        let decoder = try model("decoder.onnx")
        #expect(
            decoder.graph.node.map(\.text) == [
                "decoder.0 = Gemm(latents, decoder.0.weight, decoder.0.bias) transB=1",
                "decoder.1 = LeakyRelu(decoder.0) alpha=0.01",
                "decoder.2 = Reshape(decoder.1, decoder.2.constant)",
                "decoder.3 = ConvTranspose(decoder.2, decoder.3.weight, decoder.3.bias) kernel_shape=3,3 strides=2,2 dilations=1,1 "
                    + "group=1 pads=1,1,1,1",
                "likelihood = Sigmoid(decoder.3)", "image = Identity(likelihood)",
            ])
        #expect(decoder.graph.output.map(\.text) == ["image: batch 1 5 5"])
        let shape = try #require(decoder.graph.initializer.first { $0.name == "decoder.2.constant" })
        #expect(
            shape.dataType == 7 && Array(shape.rawData) == [0, 2, 3, 3].flatMap { [UInt8($0), 0, 0, 0, 0, 0, 0, 0] })
    }

    /// What is cut off at the bottom and on the right is padding there.
    @Test func aTrimIsPaddingBehind() throws {
        let model = try exported(RunConfiguration.preset("face-64")!)
        let decoder = try Onnx_ModelProto(
            serializedBytes: try #require(
                model.files(provenance: nil, hasSamples: false).first { $0.name == "decoder.onnx" }
            ).bytes)
        let node = try #require(decoder.graph.node.first { $0.name == "decoder.11" })
        #expect(node.text.hasSuffix("pads=1,1,2,2"))
    }

    @Test func tensorsHaveTheNamesAndValuesOfTheirLayers() throws {
        let model = try exported(try #require(ExportSample.all.first { $0.name == "layers" }).configuration)
        let tensors = model.tensors.tensors
        for (name, shape) in [
            ("encoder.0.weight", [6, 3, 3, 3]), ("encoder.1.running_var", [6]), ("encoder.1.num_batches_tracked", []),
            ("encoder.3.layers.0.weight", [8, 6, 3, 3]), ("encoder.3.layers.1.bias", [8]),
            ("encoder.3.projection.weight", [8, 6, 1, 1]), ("encoder_mean.bias", [5]),
            ("decoder.7.weight", [8, 6, 4, 4]),
        ] {
            #expect(tensors[name]?.shape == shape, "\(name)")
        }
        #expect(tensors["encoder.1.num_batches_tracked"]?.elements == .int64([0]))
        let state = model.checkpoint.state
        let slice = try #require(state.layout.parameters["encoder/0/convolution/weight"])
        #expect(tensors["encoder.0.weight"]?.elements == .float32(Array(state.parameters[slice.range])))
    }

    @Test func aModelOfCelebASaysWhatItMayBeUsedFor() throws {
        let model = try exported(RunConfiguration.preset("face-64")!)
        func card(_ provenance: [String: String]?) throws -> String {
            let files = try model.files(provenance: provenance, hasSamples: true)
            return String(decoding: try #require(files.first { $0.name == "README.md" }).bytes, as: UTF8.self)
        }
        let faces = try card(["source": "CelebA, aligned", "crop": "center-148"])
        #expect(faces.contains("license_name: non-commercial-research\n") && faces.contains("- flwrlabs/celeba\n"))
        #expect(faces.contains("crop: center-148"))
        #expect(try card(["source": "pictures of cats"]).contains("license: unknown\n"))
        #expect(try card(nil).contains("does not say where its images came from"))
    }
}

/// An engine for a contract's probe, which nobody looks at here.
private struct NoEngine: Engine {
    let numericClass = "none"
    func compile(_ graph: Graph) -> any Executable { Zeros() }
}

private final class Zeros: Executable {
    let counters = ExecutionCounters()
    func load(_ memory: any ParameterMemory) {}
    func run(
        inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
        whenReady: (Range<Int>, Span<Float>) -> Void
    ) {
        for index in outputs.indices { outputs[index] = 0 }
    }
}

extension Onnx_NodeProto {
    fileprivate var text: String {
        let settings = attribute.map { " \($0.name)=\($0.text)" }.joined()
        return "\(output.joined(separator: " ")) = \(opType)(\(input.joined(separator: ", ")))\(settings)"
    }
}

extension Onnx_AttributeProto {
    fileprivate var text: String {
        switch type {
        case .float: "\(f)"
        case .int: "\(i)"
        case .ints: ints.map(String.init).joined(separator: ",")
        default: String(decoding: s, as: UTF8.self)
        }
    }
}

extension Onnx_ValueInfoProto {
    fileprivate var text: String {
        let extents = type.tensorType.shape.dim.map { $0.dimParam.isEmpty ? "\($0.dimValue)" : $0.dimParam }
        return "\(name): \(extents.joined(separator: " "))"
    }
}
