import Glibc
import OneDNN
import Tensors
import Testing
import VAE

@testable import Training

@Suite struct AttributeJudgeTests {
    /// 8 × 8 pixels: the first attribute is a bright upper half, the second a bright left half, which nobody knows of every third image.
    private static func image(_ number: Int) -> (pixels: [UInt8], truth: AttributeJudge.Truth) {
        let (isUpper, isLeft) = (number % 2 == 0, number / 2 % 2 == 0)
        let pixels = (0..<64).map { pixel -> UInt8 in
            let light = (isUpper == (pixel < 32) ? 90 : 0) + (isLeft == (pixel % 8 < 4) ? 90 : 0)
            return UInt8(light + (number * 31 + pixel * 17) % 60)
        }
        return (pixels, [isUpper, number % 3 == 0 ? nil : isLeft])
    }

    @Test func whatImagesShowIsLearned() throws {
        var reports = 0
        let judge = try AttributeJudge(
            ImageDescription(channels: 1, height: 8, width: 8), attributes: 2, count: 40, engine: try OneDNNEngine(),
            progress: { _ in reports += 1 }
        ) { numbers in
            let images = numbers.map(Self.image)
            return (images.flatMap(\.pixels), images.map(\.truth))
        }
        #expect(reports == AttributeJudge.steps)
        let pixels = (50..<90).flatMap { Self.image($0).pixels.map { Float($0) / 255 } }
        let told = judge.attributes(of: pixels)
        #expect(told == (50..<90).map { [$0 % 2 == 0, $0 / 2 % 2 == 0] })
    }

    /// The gradient of the loss at every 97th parameter, against differences of the loss itself.
    @Test func theGradientIsThatOfTheCrossEntropy() throws {
        let network = try AttributeNetwork(
            images: ImageDescription(channels: 1, height: 3, width: 3), attributes: 2)
        let parameters = network.initialParameters(seed: 1).map(Double.init)
        let pixels = (0..<18).map { Double($0 * 7 % 18) / 18 }
        let (truth, weights) = ([1.0, 0, 0, 1], [1.0, 1, 0, 1])
        func loss(_ parameters: [Double]) -> Double {
            let logits = Interpreter.run(network.logitsGraph(count: 2), parameters: parameters, inputs: pixels)
            return logits.indices.reduce(0) {
                $0 + weights[$1] * (Glibc.log1p(Glibc.exp(logits[$1])) - truth[$1] * logits[$1])
            }
        }
        let gradient = Interpreter.run(
            network.trainingGraph(count: 2), parameters: parameters, inputs: pixels + truth + weights)
        for index in stride(from: 0, to: parameters.count, by: 97 * 19) {
            var (up, down) = (parameters, parameters)
            up[index] += 1e-5
            down[index] -= 1e-5
            #expect(abs((loss(up) - loss(down)) / 2e-5 - gradient[index]) < 1e-6)
        }
    }
}
