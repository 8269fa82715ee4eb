import VAE

/// How near images are to the decoded means of their posteriors: means over the images. Where a part of an image is predicted, it is about
/// that part.
public struct ReconstructionQuality: Hashable, Sendable {
    /// The mean squared error of a pixel from 0 to 1.
    public let meanSquaredError: Double
    /// The peak signal-to-noise ratio of an image, in decibels; 100 where there is no error.
    public let peakSignalToNoise: Double
    /// Nil of images, or parts, that are smaller than its window.
    public let structuralSimilarity: Double?

    private struct OfImage: Sendable {
        let mse: Double
        let psnr: Double
        let ssim: Double?
    }

    /// - Parameters:
    ///   - images: At least one.
    ///   - progress: Is told how many images are done.
    public init(_ images: JudgedImages, progress: @Sendable (Int) -> Void = { _ in }) throws {
        let description = images.program.configuration.model.images
        let similarity = StructuralSimilarity(
            channels: description.channels, height: description.judgedHeight, width: description.width)
        let size = description.channels * description.judgedHeight * description.width
        let graph = images.program.model.comparisonGraph(count: Self.batch)
        let found = try images.map(
            inBatchesOf: Self.batch, bench: { try images.compiled(graph) }, progress: progress
        ) { bench, batch in
            bench[input: VariationalAutoencoder.pixels] = batch.pixels
            bench.run(examples: batch.examples)
            let (x, y) = (bench[output: VariationalAutoencoder.pixels], bench[output: "reconstruction"])
            let (mse, psnr) = (bench[output: "mse"], bench[output: "psnr"])
            return (0..<batch.count).map { row in
                let place = row * size..<(row + 1) * size
                return OfImage(
                    mse: Double(mse[row]), psnr: Double(psnr[row]), ssim: similarity?.value(x[place], y[place]))
            }
        }
        meanSquaredError = Self.mean(found.map(\.mse))
        peakSignalToNoise = Self.mean(found.map(\.psnr))
        structuralSimilarity = similarity.map { _ in Self.mean(found.compactMap(\.ssim)) }
    }

    private static let batch = 16

    private static func mean(_ values: [Double]) -> Double { SampleStatistics(values).mean }
}
