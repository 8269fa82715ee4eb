import Foundation
import Tensors
import Testing

@testable import VAE

/// Descriptions that make no model are refused with the layer's path, the shapes and the remedy.
@Suite struct DescriptionErrorTests {
    private func message(
        encoder: [Layer] = [.flatten], latents: Int = 2, decoder: [Layer] = [.linear(units: 48), .reshape(3, 4, 4)],
        _ objective: Objective = Objective(likelihood: .squaredError)
    ) -> String {
        let images = ImageDescription(channels: 3, height: 4, width: 4)
        let model = ModelDescription(images: images, encoder: encoder, latents: latents, decoder: decoder)
        do throws(DescriptionError) {
            _ = try VariationalAutoencoder(model, objective)
            return "accepted"
        } catch {
            return error.description
        }
    }

    @Test func aFittingDescriptionIsAccepted() { #expect(message() == "accepted") }

    /// A graph is freed one operand inside another, which in a chain of thousands of layers would overrun a thread's stack.
    @Test func aNetworkTooDeepIsRefusedAndTheDeepestOnesGraphIsFreed() async throws {
        let layers = [Layer](repeating: .batchNormalization(), count: 511)
        #expect(message(encoder: layers + [.relu, .flatten]).hasSuffix("can have no more than 512"))
        let model = try VariationalAutoencoder(
            ModelDescription(
                images: ImageDescription(channels: 1, height: 1, width: 1), encoder: layers + [.flatten], latents: 1,
                decoder: [Layer](repeating: .batchNormalization(), count: 511) + [.reshape(1, 1, 1)]),
            Objective(likelihood: .squaredError))
        let nodes = try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Result { try model.trainingGraph(microbatch: 2).nodes.count })
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        #expect(nodes > 1022)
    }

    @Test(
        arguments: [
            ([.linear(units: 3)], ["encoder/0/linear", "[3, 4, 4]", "`flatten`"]),
            ([.flatten, .convolution(filters: 1, window: 3)], ["encoder/1/convolution", "[48]", "`reshape`"]),
            ([.convolution(filters: 1, window: 7, padding: 1)], ["7 × 7", "[3, 4, 4]", "padding 1"]),
            ([.convolution(filters: 0, window: 3)], ["filters 0", "between 1 and 65536"]),
            ([.convolution(filters: 1, window: 3, stride: 0)], ["stride 0"]),
            ([.transposedConvolution(filters: 1, window: 1, padding: 2)], ["0 × 0", "[3, 4, 4]", "padding 2"]),
            ([.transposedConvolution(filters: 1, window: 3, trim: -1)], ["trim -1"]),
            ([.dropout(probability: 1)], ["encoder/0/dropout", "probability 1.0"]),
            ([.flatten, .dropout2D(probability: 0.5)], ["encoder/1/dropout_2d", "[48]"]),
            ([.reshape(7)], ["encoder/0/reshape", "[7]", "[3, 4, 4]", "48"]),
            ([.reshape(.max, .max, .max)], ["encoder/0/reshape", "at least 1"]),
            ([.convolution(filters: .max, window: 3)], ["filters 9223372036854775807"]),
            (
                [.convolution(filters: 65536, window: 4, padding: 65536)],
                ["encoder/0/convolution", "1073741824 elements"]
            ),
            ([.upsampling(factor: 65536)], ["[3, 262144, 262144]", "make it smaller"]),
            ([.flatten, .linear(units: 65536), .linear(units: 65536)], ["encoder/2/linear", "[65536, 65536]"]),
            ([.batchNormalization(epsilon: 0)], ["epsilon of 0"]),
            ([.upsampling(factor: 0)], ["factor 0"]),
            ([.maxPooling(window: 5)], ["encoder/0/max_pooling", "5 × 5", "[3, 4, 4]"]),
            ([.averagePooling(window: 0)], ["encoder/0/average_pooling", "window 0"]),
            ([.groupNormalization(groups: 2)], ["2 groups", "3 channels"]),
            (
                [.averagePooling(window: 4), .groupNormalization(groups: 3)],
                ["encoder/1/group_normalization", "one value"]
            ),
            ([.residual()], ["encoder/0/residual", "no layers"]),
            ([.residual(.flatten)], ["encoder/0/residual", "[3, 4, 4]", "[48]"]),
            ([.residual(.upsampling(factor: 2))], ["encoder/0/residual", "[3, 8, 8]", "`upsampling`"]),
            (
                [.relu, .residual(.relu, .residual(.linear(units: 3)))],
                ["encoder/1/residual/1/residual/0/linear", "`flatten`"]
            ),
            ([.residual(.residual(.residual(.residual(.residual(.relu)))))], ["5 deep", "can hold 4"]),
            ([Layer](repeating: .residual(.relu), count: 257), ["514 layers", "no more than 512"]),
            ([.relu], ["encoder ends with [3, 4, 4]", "`flatten`"]),
        ] as [([Layer], [String])])
    func layersThatDoNotFit(encoder: [Layer], words: [String]) {
        let message = message(encoder: encoder)
        for word in words { #expect(message.contains(word), "\(message)") }
    }

    @Test func theDecoderMustEndWithAnImage() {
        let message = message(decoder: [.linear(units: 27), .reshape(3, 3, 3)])
        for word in ["decoder ends with [3, 3, 3]", "[3, 4, 4]", "trim"] { #expect(message.contains(word)) }
    }

    @Test func numbersOutOfRange() {
        #expect(message(latents: 0).contains("latents is 0"))
        #expect(message(latents: .max).contains("latents is 9223372036854775807"))
        #expect(message(encoder: [.flatten, .linear(units: 65536)], latents: 65536).contains("65536 features"))
        #expect(message(Objective(likelihood: .gaussian(variance: .fixed(.nan)))).contains("variance is nan"))
        #expect(message(Objective(likelihood: .gaussian(variance: .fixed(0)))).contains("variance is 0.0"))
        #expect(
            message(Objective(likelihood: .bernoulli, reconstructionWeight: -1)).contains(
                "reconstruction_weight is -1.0"))
    }

    @Test func normalisingOneValueIsRefused() throws {
        let images = ImageDescription(channels: 1, height: 2, width: 2)
        let model = try VariationalAutoencoder(
            ModelDescription(
                images: images, encoder: [.flatten, .batchNormalization()], latents: 1,
                decoder: [.linear(units: 4), .reshape(1, 2, 2)]), Objective(likelihood: .squaredError))
        _ = try model.trainingGraph(microbatch: 2)
        #expect(throws: DescriptionError.self) { try model.trainingGraph(microbatch: 1) }
    }
}
