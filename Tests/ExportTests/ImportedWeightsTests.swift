import Export
import Tensors
import Testing
import Training
import VAE

struct ImportedWeightsTests {
    private let model: VariationalAutoencoder
    private let tensors: [String: SafeTensors.Tensor]

    init() throws {
        let preset = try #require(Preset.named("face-128"))
        model = try VariationalAutoencoder(preset.model, preset.objective)
        let dictionary = StateDictionary(model)
        let values = model.initialParameters(seed: 3) + model.initialStatistics()
        var (tensors, start) = ([String: SafeTensors.Tensor](), 0)
        for entry in dictionary.entries {
            let end = start + entry.shape.count
            tensors[entry.name] = .init(shape: entry.shape.dimensions, elements: .float32(Array(values[start..<end])))
            start = end
        }
        for name in dictionary.counters { tensors[name] = .init(shape: [], elements: .int64([9])) }
        self.tensors = tensors
    }

    /// Raschka's notebook calls the two heads `z_mean` and `z_log_var`, and all else as here.
    @Test func aNameOfAModuleStandsForAllItsTensors() throws {
        let theirs = Dictionary(
            uniqueKeysWithValues: tensors.map { name, tensor in
                let name = name.replacing("encoder_mean", with: "z_mean").replacing(
                    "encoder_log_variance", with: "z_log_var")
                return (name, tensor)
            })
        let names = try WeightNames(
            "# theirs\r\n\r\nencoder_mean z_mean\r\n  encoder_log_variance\tz_log_var\r\n", file: "names.txt")
        let weights = try ImportedWeights(
            SafeTensors(SafeTensors(tensors: theirs, metadata: [:]).encoded, file: "f"), file: "f", for: model,
            names: names)
        #expect(weights.parameters == model.initialParameters(seed: 3))
        #expect(weights.statistics == model.initialStatistics())
        #expect(throws: ImportError.self) {
            try ImportedWeights(
                SafeTensors(tensors: theirs, metadata: [:]), file: "f", for: model, names: WeightNames())
        }
    }

    @Test func theNameOfAWrapperIsLeftOut() throws {
        let wrapped = Dictionary(uniqueKeysWithValues: tensors.map { ("module." + $0.key, $0.value) })
        let weights = try ImportedWeights(
            SafeTensors(tensors: wrapped, metadata: [:]), file: "f", for: model, names: WeightNames())
        #expect(weights.parameters == model.initialParameters(seed: 3))
    }

    @Test func aTensorTooManyOrOfNoNumberIsNamed() throws {
        for (name, values, sentence) in [
            ("decoder.99.weight", [Float(1)], "holds decoder.99.weight, for which"),
            ("encoder.1.bias", [Float.nan], "holds encoder.1.bias of [1], and the model takes [32]"),
        ] {
            var tensors = tensors
            tensors[name] = .init(shape: [1], elements: .float32(values))
            #expect {
                try ImportedWeights(
                    SafeTensors(tensors: tensors, metadata: [:]), file: "f", for: model, names: WeightNames())
            } throws: { "\($0)".contains(sentence) }
        }
    }

    @Test func twoLinesAboutOneNameAreRefused() {
        #expect { try WeightNames("a b\na c\n", file: "names.txt") } throws: {
            "\($0)".hasPrefix("line 2 of names.txt names a again")
        }
    }
}
