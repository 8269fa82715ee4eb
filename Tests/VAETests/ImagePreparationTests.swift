import Foundation
import Tensors
import Testing

@testable import VAE

/// What is done with pixels before the model sees them.
@Suite struct ImagePreparationTests {
    private static func images(
        _ count: Int, binarize: Binarization? = nil, flip: Float = 0, dequantize: Bool = false
    ) -> ImageDescription {
        ImageDescription(channels: 1, height: 1, width: count, binarize: binarize, flip: flip, dequantize: dequantize)
    }

    /// The pixels as the model sees them, of examples in a pass.
    private static func prepared(
        _ images: ImageDescription, _ pixels: [Double], examples: [UInt32], pass: UInt32 = 0, seed: UInt64 = 3
    ) -> [Double] {
        let input = Tensor.input("pixels", images.shape(of: examples.count))
        let graph = Graph(
            inputs: SliceTable([("pixels", input.shape)]), outputs: [("prepared", images.prepared(input))])
        let keys = NoiseKeys(seed: seed, passes: examples.map { _ in pass }, examples: examples)
        return Interpreter.run(graph, inputs: pixels, noise: keys)
    }

    /// The mean of n draws with probability p has the standard deviation √(p(1 − p)/n).
    @Test(arguments: [Binarization.dynamic, .static], [0, 1, 26, 128, 254, 255])
    func theMeanOfDrawnPixelsIsTheirGreyValue(binarize: Binarization, byte: Int) {
        let (examples, count) = (Array(UInt32(0)..<40), 1000)
        let grey = Double(Float(byte) / 255)
        let draws = Self.prepared(
            Self.images(count, binarize: binarize), Array(repeating: grey, count: 40 * count), examples: examples)
        #expect(draws.allSatisfy { $0 == 0 || $0 == 1 })
        let mean = draws.reduce(0, +) / Double(draws.count)
        #expect(abs(mean - grey) <= 5 * (grey * (1 - grey) / Double(draws.count)).squareRoot(), "\(mean), not \(grey)")
    }

    @Test func dynamicDrawsAreNewInEveryPassAndStaticOnesAreNot() {
        let pixels = Array(repeating: 0.5, count: 128)
        func draw(_ binarize: Binarization, pass: UInt32, example: UInt32 = 7, seed: UInt64 = 3) -> [Double] {
            Self.prepared(
                Self.images(128, binarize: binarize), pixels, examples: [example], pass: pass, seed: seed)
        }
        #expect(draw(.dynamic, pass: 0) != draw(.dynamic, pass: 1))
        #expect(draw(.dynamic, pass: 1) == draw(.dynamic, pass: 1))
        #expect(draw(.static, pass: 0) == draw(.static, pass: 1))
        #expect(draw(.static, pass: 0) == draw(.static, pass: .max))
        for binarize in [Binarization.dynamic, .static] {
            #expect(draw(binarize, pass: 0) != draw(binarize, pass: 0, example: 8))
            #expect(draw(binarize, pass: 0) != draw(binarize, pass: 0, seed: 4))
        }
    }

    /// Uniform in an interval of 1/256 that begins at the byte's: mean in its middle, variance 1/12 of its length squared.
    @Test(arguments: [0, 77, 255]) func dequantizedPixelsFillTheirInterval(byte: Int) {
        let (examples, count) = (Array(UInt32(0)..<20), 1000)
        let grey = Double(Float(byte) / 255)
        let values = Self.prepared(
            Self.images(count, dequantize: true), Array(repeating: grey, count: 20 * count), examples: examples)
        let places = values.map { 256 * $0 - Double(byte) }
        #expect(places.allSatisfy { $0 > -1e-5 && $0 < 1 + 1e-5 })
        let mean = places.reduce(0, +) / Double(places.count)
        #expect(abs(mean - 0.5) < 5 * (1.0 / 12 / Double(places.count)).squareRoot())
        let variance = places.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(places.count)
        #expect(abs(variance - 1.0 / 12) < 5 * (1.0 / 180 / Double(places.count)).squareRoot())
    }

    @Test func imagesAreFlippedAsOftenAsAskedAndAnewInEveryPass() {
        let examples = UInt32(0)..<10_000
        func flipped(_ flip: Float, pass: UInt32 = 0) -> [Bool] {
            examples.map { Self.images(1, flip: flip).isFlipped(example: $0, pass: pass, seed: 3) }
        }
        #expect(flipped(0).allSatisfy { !$0 })
        #expect(flipped(1).allSatisfy { $0 })
        let share = Double(flipped(0.3).count { $0 }) / 10_000
        #expect(abs(share - 0.3) < 5 * (0.3 * 0.7 / 10_000).squareRoot())
        #expect(flipped(0.3) != flipped(0.3, pass: 1))
        #expect(flipped(0.3, pass: 1) == flipped(0.3, pass: 1))
    }

    @Test(arguments: [
        (#""dynamic""#, Binarization.dynamic), (#""static""#, .static), ("0.5", .threshold(0.5)), ("1", .threshold(1)),
    ])
    func binarizationIsAThresholdOrAWord(text: String, binarize: Binarization) throws {
        let json = Data(#"{"channels": 1, "height": 1, "width": 2, "binarize": \#(text)}"#.utf8)
        let images = try JSONDecoder().decode(ImageDescription.self, from: json)
        #expect(images.binarize == binarize)
        #expect(try JSONDecoder().decode(ImageDescription.self, from: JSONEncoder().encode(images)) == images)
    }

    @Test(arguments: [#""Dynamic""#, #""on""#, "true", "[0.5]"])
    func anyOtherBinarizationIsRefused(text: String) {
        let json = Data(#"{"channels": 1, "height": 1, "width": 2, "binarize": \#(text)}"#.utf8)
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ImageDescription.self, from: json)
        }
        #expect("\(error as Any)".contains("expected a number such as 0.5, or `dynamic`, or `static`"))
    }

    /// A contract from before there was a choice has no such keys.
    @Test func whatIsNotAskedForIsNotWritten() throws {
        let plain = try JSONEncoder().encode(Self.images(2, binarize: 0.5))
        let keys = try #require(JSONSerialization.jsonObject(with: plain) as? [String: Any]).keys
        #expect(Set(keys) == ["channels", "height", "width", "binarize"])
        let all = try JSONEncoder().encode(Self.images(2, flip: 0.5, dequantize: true))
        let decoded = try JSONDecoder().decode(ImageDescription.self, from: all)
        #expect(decoded == Self.images(2, flip: 0.5, dequantize: true))
    }

    @Test func whatMakesNoSenseIsRefused() {
        func problem(_ change: (inout ImageDescription) -> Void, _ likelihood: Likelihood) -> String? {
            var description = TinyModels.linear
            description.images.binarize = nil
            change(&description.images)
            do throws(DescriptionError) {
                _ = try VariationalAutoencoder(description, Objective(likelihood: likelihood))
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(problem({ $0.flip = 1.5 }, .squaredError) == "images/flip is 1.5, but a probability is from 0 to 1")
        #expect(problem({ $0.flip = .nan }, .squaredError)?.hasPrefix("images/flip is nan") == true)
        #expect(
            problem({ ($0.dequantize, $0.binarize) = (true, .dynamic) }, .squaredError)?.contains("remove one") == true)
        #expect(problem({ $0.dequantize = true }, .bernoulli)?.contains("`bernoulli`") == true)
        #expect(problem({ $0.dequantize = true }, .gaussian(variance: .fixed(0.1))) == nil)
        #expect(problem({ ($0.binarize, $0.flip) = (.static, 1) }, .bernoulli) == nil)
    }
}
