import Tensors

extension VariationalAutoencoder {
    /// Images as the model sees them, and their posteriors, in inference mode: `pixels` to `pixels` and what `encodingGraph` gives.
    public func preparationGraph(count: Int) -> Graph {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: count))
        let x = description.images.prepared(pixels)
        var scope = inferenceScope(examples: count)
        return graph(
            inputs: [(Self.pixels, pixels.shape)],
            outputs: [(Self.pixels, x)] + posterior(of: x, in: &scope).posterior.description)
    }

    /// Images beside the decoded means of their posteriors, in inference mode; of a model that predicts a part of an image, that part.
    ///
    /// Input: `pixels` (B, C, H, W). Outputs: `pixels` as the model sees them, `reconstruction`, and for each image, (B), `mse`, the mean of
    /// (x − y)² over pixels x and their reconstructions y, and `psnr` = −10 log₁₀ mse in decibels, 100 where there is no error.
    public func comparisonGraph(count: Int) -> Graph {
        let pixels = Tensor.input(Self.pixels, description.images.shape(of: count))
        let whole = description.images.prepared(pixels)
        var scope = inferenceScope(examples: count)
        let (x, y) = (judged(whole), judged(reconstruction(of: whole, in: &scope)))
        let mse = square(x - y).mean(axes: [1, 2, 3])
        let psnr = -Self.decibels * log(maximum(mse, .constant(1e-10, mse.shape)))
        return graph(
            inputs: [(Self.pixels, pixels.shape)],
            outputs: [(Self.pixels, x), ("reconstruction", y), ("mse", mse), ("psnr", psnr)])
    }

    /// What a reconstruction is judged by of images: the part that is predicted, or the whole.
    private func judged(_ x: Tensor) -> Tensor { description.images.prediction?.predicted(of: x) ?? x }

    /// 10 / ln 10: decibels in a neper of power.
    private static let decibels: Float = 4.342_944_8
}
