import ConfigurationFiles
import Fitting
import Pictures
import Training
import VAE

/// What the decoder makes of all places of two latents: at equal steps of probability under the prior, so that no region is left out.
///
/// Column i of n has z₁ = Φ⁻¹((i + ½) / n), and rows from the top z₂ from the largest to the smallest.
///
/// Source: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014, figure 4.
struct LatentMap {
    private let model: ImageModel
    private let columns: Int

    /// - Throws: `UsageProblem` for a model without two normal latents.
    init(_ model: ImageModel, columns: Int) throws {
        let description = model.program.configuration.model
        let latents = description.latents
        guard latents.haveNormalPrior, latents.count == 2, model.codeCount == 2, description.images.prediction == nil
        else {
            throw UsageProblem(
                "--plot map is of two normal latents, all that the decoder takes, and this model has \(latents.count) of the family "
                    + "\(latents.name): `--plot pca` shows more of them")
        }
        self.model = model
        self.columns = columns
    }

    func image() throws -> Image {
        let places = (0..<columns).map { Float(normalQuantile((Double($0) + 0.5) / Double(columns))) }
        let codes = places.reversed().flatMap { y in places.flatMap { x in [x, y] } }
        return Grid.image(model.pictures(try model.decode(codes)), columns: columns, padding: 0)
    }
}
