import Tensors
import Testing

@testable import VAE

@Suite struct InitialisationTests {
    private func model() throws -> VariationalAutoencoder {
        try VariationalAutoencoder(Preset.face128.model, Preset.face128.objective)
    }

    private func slice(_ name: String, _ values: [Float], _ model: VariationalAutoencoder) throws -> ArraySlice<Float> {
        values[try #require(model.parameters[name]).range]
    }

    /// 1/√fanIn, where a transposed convolution's fan in counts its results' channels.
    @Test(arguments: [
        ("encoder/0/convolution/weight", 27.0), ("encoder/4/convolution/weight", 288),
        ("encoder/mean/weight", 4096), ("encoder/mean/bias", 4096), ("decoder/0/linear/weight", 200),
        ("decoder/10/transposed_convolution/weight", 288), ("decoder/14/transposed_convolution/weight", 27),
    ])
    func weightsFillTheIntervalOfPyTorch(name: String, fanIn: Double) throws {
        let model = try model()
        let values = try slice(name, model.initialParameters(seed: 1), model).map(Double.init)
        let bound = 1 / fanIn.squareRoot()
        #expect(values.allSatisfy { abs($0) < bound })
        #expect(values.map(abs).max()! > 0.95 * bound)
        #expect(abs(values.reduce(0, +) / Double(values.count)) < 0.15 * bound)
    }

    @Test func normalisationStartsAsTheIdentity() throws {
        let model = try model()
        let values = model.initialParameters(seed: 1)
        #expect(try slice("encoder/1/batch_normalization/scale", values, model).allSatisfy { $0 == 1 })
        #expect(try slice("encoder/1/batch_normalization/offset", values, model).allSatisfy { $0 == 0 })
        let statistics = model.initialStatistics()
        #expect(statistics.count == model.statistics.count)
        #expect(statistics[..<64].elementsEqual(Array(repeating: 0, count: 32) + Array(repeating: 1, count: 32)))
    }

    @Test func aFunctionOfTheSeedAlone() throws {
        let model = try model()
        #expect(model.initialParameters(seed: 5) == model.initialParameters(seed: 5))
        #expect(model.initialParameters(seed: 5) != model.initialParameters(seed: 6))
        let values = model.initialParameters(seed: 5)
        let first = try slice("decoder/2/transposed_convolution/weight", values, model)
        let second = try slice("decoder/6/transposed_convolution/weight", values, model)
        #expect(!first.elementsEqual(second))
    }
}
