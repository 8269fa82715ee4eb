import Foundation
import Glibc
import SeededRandomness
import Tensors
import Testing

@testable import VAE

/// The examples of docs/extending.md compile, are what the page shows, and do what it says.
@Suite struct ExtendingTests {
    /// But for `public`, which the file of a test target does without.
    @Test(arguments: ["ChannelScale", "LaplacePixels", "RenyiBound"])
    func thePageShowsTheFile(name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let text = try String(contentsOf: folder.appending(path: "Examples/\(name).swift"), encoding: .utf8)
        let page = try String(
            contentsOf: folder.appending(path: "../../docs/extending.md").standardized, encoding: .utf8)
        let shown = "```swift\n" + text.replacing("\n@testable import VAE\n", with: "") + "```"
        #expect(page.replacing("public ", with: "").contains(shown))
    }

    private func run(_ parameters: SliceTable, _ values: [Double], _ y: Tensor) -> [Double] {
        Interpreter.run(
            Graph(parameters: parameters, outputs: [("y", y)]), parameters: values, noise: TinyModels.keys(2))
    }

    @Test func aChannelIsScaled() throws {
        let layer = Layer.ChannelScale(start: 0.5)
        let x = Tensor.parameter("x", [2, 2, 1, 2])
        var scope = LayerScope(
            .training, path: "l", keys: LayerKeys(own: 0, within: 0), layer: layer, input: [2, 1, 2])
        let y = layer.apply(to: x, in: &scope)
        let table = SliceTable([("x", x.shape), ("l/scale", [2])])
        #expect(run(table, [1, 2, 3, 4, 5, 6, 7, 8, 10, -1], y) == [10, 20, -3, -4, 50, 60, -7, -8])
        #expect(try layer.output(for: [2, 1, 2]) == [2, 1, 2])
        #expect(throws: LayerProblem.self) { try Layer.ChannelScale(start: 0).output(for: [2]) }
    }

    @Test func errorsCountByTheirSize() {
        let table = SliceTable([("x", [2, 2])])
        let pixels = LaplacePixels(mean: .constant(0.5, [2, 2]))
        let found = run(table, [0.5, 1, -1, 0], pixels.logDensity(of: .parameter("x", [2, 2])))
        for (value, expected) in zip(found, [-0.5 - 2 * log(2), -2 - 2 * log(2)]) {
            #expect(abs(value - expected) < 1e-6)
        }
        var scope = Scope.forDistributions(examples: 2)
        let wide = LaplacePixels(mean: .constant(0.5, [2, 20_000])).sample(in: &scope)
        let deviations = run(SliceTable([("x", [1])]), [0], abs(wide - 0.5))
        #expect(abs(deviations.reduce(0, +) / Double(deviations.count) - 1) < 0.03, "the mean of |x − μ| is the scale")
    }

    /// Of order 0 it is the importance-weighted bound.
    @Test func theBoundOfOrderZeroIsTheImportanceWeightedOne() throws {
        let model = try VariationalAutoencoder(TinyModels.linear, Objective(likelihood: .bernoulli))
        let parameters = model.initialParameters(seed: 1).map { 3 * Double($0) }
        func bound(_ formula: any ObjectiveFormula) -> [Double] {
            let x = Tensor.constant(1, [2, 1, 2, 3])
            var scope = Scope(.training, pixels: x, TinyModels.linear, model.objective, model.encoder, model.decoder)
            return run(model.parameters, parameters, formula.loss(x, in: &scope).terms[0].loss)
        }
        let exact = bound(ImportanceWeighted(samples: 7))
        for (found, expected) in zip(bound(RenyiBound(samples: 7, alpha: 0)), exact) {
            #expect(abs(found - expected) < 1e-6)
        }
        #expect(
            zip(bound(RenyiBound(samples: 7, alpha: 0.5)), exact).allSatisfy { $0 > $1 }, "a higher order is looser")
    }
}
