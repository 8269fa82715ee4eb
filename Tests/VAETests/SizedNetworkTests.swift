import SeededRandomness
import Tensors
import Testing

@testable import VAE

@Suite struct SizedNetworkTests {
    /// The layers must end with exactly the images that they begin with, whatever the parities of the extents on the way.
    @Test(arguments: Subject.allCases) func everySizeHasANetwork(subject: Subject) throws {
        for height in SizedNetwork.sides where height < 70 || height % 31 == 0 || height > 505 {
            for width in [16, 17, 19, 20, 28, 45, 64, 97, 178, 255, 512] {
                let images = ImageDescription(channels: 1 + (height + width) % 4, height: height, width: width)
                let network = try SizedNetwork(subject, for: images)
                _ = try VariationalAutoencoder(network.model, network.objective)
                #expect(network.extents.last!.largest <= 8 && network.extents.dropLast(2).last!.largest > 8)
            }
        }
    }

    @Test func sizesBeyondReasonAreRefused() throws {
        for (channels, height, width) in [(3, 15, 64), (3, 64, 513), (5, 64, 64), (0, 64, 64)] {
            let images = ImageDescription(channels: channels, height: height, width: width)
            let error = #expect(throws: DescriptionError.self) { try SizedNetwork(.face, for: images) }
            #expect(error?.description.contains("\(height) x \(width) x \(channels)") == true)
            #expect(error?.description.contains("16 to 512 pixels a side and 1 to 4 channels") == true)
        }
    }

    /// Where `face-128` has its size, `face` is its network, besides the dropout, and how sizes on the way back round.
    @Test func aFaceOf128PixelsHasTheLayersOfFace128() throws {
        let network = try SizedNetwork(.face, for: Preset.face128.model.images)
        #expect(
            .gaussian(network.latents) == Preset.face128.model.latents && network.objective == Preset.face128.objective)
        let model = try VariationalAutoencoder(network.model, network.objective)
        #expect(model.parameters.count == 2_649_075)
        #expect(network.extents.map(\.height) == [128, 64, 32, 16, 8])
    }

    @Test func theErrorOfAnImageCountsAsMuchAtAnySize() throws {
        for (size, weight) in [(64, Float(4)), (128, 1), (512, 0.063)] {
            let network = try SizedNetwork(.face, for: ImageDescription(channels: 3, height: size, width: size))
            #expect(network.objective == Objective(likelihood: .squaredError, reconstructionWeight: weight))
        }
    }

    @Test func digitsAreBlackAndWhiteAndColouredOnesAreNot() throws {
        let grey = try SizedNetwork(.digits, for: ImageDescription(channels: 1, height: 28, width: 28))
        #expect(grey.objective == Objective(likelihood: .bernoulli) && grey.images.binarize == 0.5)
        #expect(grey.model.boundedEnd == nil)
        let coloured = try SizedNetwork(.digits, for: ImageDescription(channels: 3, height: 32, width: 32))
        #expect(coloured.objective.likelihood == .squaredError && coloured.images.binarize == nil)
        #expect(coloured.model.boundedEnd?.name == "sigmoid")
    }

    /// Rows and columns of unlike parity: every layer's gradient on the smallest odd sizes, in Float64.
    @Test func gradientsOfOddSizesMatchDifferences() throws {
        let network = try SizedNetwork(.face, for: ImageDescription(channels: 1, height: 17, width: 18))
        #expect(network.extents.map(\.description) == ["17 x 18", "9 x 9", "5 x 5"])
        let model = try VariationalAutoencoder(network.model, network.objective)
        let graph = try model.trainingGraph(microbatch: 2)
        var generator = SeededGenerator(seed: 4)
        let inputs = generator.values(2 * 17 * 18, in: 0...1) + [0.7]
        let statistics = model.initialStatistics().map(Double.init)
        func run(_ parameters: [Double]) -> [Double] {
            Interpreter.run(
                graph, parameters: parameters, statistics: statistics, inputs: inputs, noise: TinyModels.keys(2))
        }
        let weight = Double(network.objective.reconstructionWeight)
        func loss(_ results: [Double]) -> Double {
            weight * results[results.count - 2] + 0.7 * results[results.count - 1]
        }
        let point = model.initialParameters(seed: 1).map(Double.init)
        let gradient = run(point)
        for slice in model.parameters.slices where slice.name.hasSuffix("weight") {
            let element = slice.range.lowerBound + slice.range.count / 3
            var (above, below) = (point, point)
            above[element] += 1e-5
            below[element] -= 1e-5
            let difference = (loss(run(above)) - loss(run(below))) / 2e-5
            #expect(
                abs(gradient[element] - difference) < 1e-4 * max(1, abs(difference)),
                "\(slice.name): \(gradient[element]), differences \(difference)")
        }
    }

    @Test func aTrimIsOneNumberWhereBothAreEqual() throws {
        #expect(Trim(rows: 2, columns: 1).description == "[2, 1]" && Trim(rows: 1, columns: 1) == 1)
        let model = ModelDescription(
            images: ImageDescription(channels: 1, height: 5, width: 6), encoder: [.flatten], latents: 1,
            decoder: [
                .linear(units: 9), .reshape(1, 3, 3),
                .transposedConvolution(filters: 1, window: 3, stride: 2, trim: Trim(rows: 2, columns: 1)),
            ])
        _ = try VariationalAutoencoder(model, Objective(likelihood: .squaredError))
        var square = model
        square.images.height = 6
        let error = #expect(throws: DescriptionError.self) {
            try VariationalAutoencoder(square, Objective(likelihood: .squaredError))
        }
        #expect(error?.description.contains("decoder ends with [1, 5, 6]") == true)
    }
}
