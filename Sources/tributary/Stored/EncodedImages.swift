import ConfigurationFiles
import Contract
import Fitting
import Foundation
import Ingest
import Pictures
import Randomness
import Training
import VAE

/// What the encoder says of a file's images, to be plotted.
struct EncodedImages {
    private let model: ImageModel
    /// (N, Z)
    private let means: [Float]
    /// (N, Z), where the posterior is normal.
    private let logVariances: [Float]?
    private let groups: ImageGroups
    private let width: Int
    private var count: Int { means.count / width }

    init(
        _ model: ImageModel, _ path: String, _ reading: DataOptions, split: String?, most: Int, colouredBy name: String?
    ) throws {
        let images = try AnnotatedImages(path, reading, judging: split, for: model.program)
        let rows = images.judged.rows.evenly(atMost: most)
        self.model = model
        width = model.program.configuration.model.latents.count
        groups = try ImageGroups(images, rows: rows, attribute: name)
        let place = model.encoding.firstIndex { $0.name == "log_variance" }
        var (means, logVariances): ([Float], [Float]) = ([], [])
        try images.eachPiece(of: rows, "encoding") { _, pixels in
            let values = try model.encode(pixels)
            means += values[0]
            if let place { logVariances += values[place] }
        }
        (self.means, self.logVariances) = (means, place == nil ? nil : logVariances)
    }

    /// The means along the two directions in which they vary most.
    func principalComponents() throws -> Image {
        guard width > 1, count > 1 else {
            throw UsageProblem("--plot pca needs two latents and two images at least, not \(width) and \(count)")
        }
        let components = PrincipalComponents(means, dimensions: width, count: 2)
        let points = components.coordinates(means).map { Point(x: $0[0], y: $0[1]) }
        let titles = zip(["first", "second"], components.variances).map { name, variance in
            "\(name) principal direction, \(percent(variance / max(components.totalVariance, .leastNormalMagnitude))) of the variance"
        }
        return ScatterPlot(
            title: "Codes of \(count) images", xTitle: titles[0], yTitle: titles[1], groups: series(points)
        ).image()
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

    private func series(_ points: [Point]) -> [LinePlot.Series] {
        zip(groups.names, groups.split(points)).map { LinePlot.Series(name: $0, points: $1) }
    }

    /// KL(q ‖ N(0, 1)) of each latent, the mean over images, in nats.
    private func divergence() throws -> [Double] {
        guard let logVariances else {
            throw UsageProblem(
                "this plot is of normal latents, and this model's are of the family \(model.program.configuration.model.latents.name)"
            )
        }
        var sums = [Double](repeating: 0, count: width)
        for (index, (mean, logVariance)) in zip(means, logVariances).enumerated() {
            let (mean, logVariance) = (Double(mean), Double(logVariance))
            sums[index % width] += 0.5 * (exp(logVariance) + mean * mean - 1 - logVariance)
        }
        return sums.map { $0 / Double(count) }
    }

    /// Whether the variance of each latent's mean is above that of an active one.
    private var areActive: [Bool] {
        (0..<width).map { latent in
            let values = stride(from: latent, to: means.count, by: width).map { Double(means[$0]) }
            let mean = values.reduce(0, +) / Double(count)
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count) > LatentUse.leastVariance
        }
    }

    func divergences() throws -> Image {
        let (divergence, areActive) = (try divergence(), areActive)
        let order = divergence.indices.sorted { divergence[$0] > divergence[$1] }
        let total = divergence.reduce(0, +)
        return BarPlot(
            title: "\(areActive.count { $0 }) of \(width) latents active, \(decimal(total)) nats together",
            xTitle: "latents, the one of most divergence first", yTitle: "divergence from the prior, nats",
            groups: ["active", "not active"],
            bars: order.map { (height: divergence[$0], group: areActive[$0] ? 0 : 1) }
        ).image()
    }

    /// Latents of most divergence first.
    private func first(_ most: Int) throws -> [(latent: Int, divergence: Double)] {
        let divergence = try divergence()
        let order = divergence.indices.sorted { divergence[$0] > divergence[$1] }
        return order.prefix(most).map { ($0, divergence[$0]) }
    }

    /// A keyed draw of a latent from the posterior of each image: μ + σ ε.
    private func draws(of latent: Int) -> [Double] {
        (0..<count).map { image in
            let place = image * width + latent
            let stream = RandomStream(
                seed: model.program.configuration.seed, operator: RandomStream.synthesis, example: UInt32(image))
            return Double(means[place]) + exp(0.5 * Double(logVariances?[place] ?? 0)) * stream.normal(latent)
        }
    }

    private static let range = -4.0...4

    func histograms(_ most: Int) throws -> Image {
        let chosen = try first(most)
        let panels = chosen.map { latent, divergence in
            Panel(
                title: "z\(latent)  \(decimal(divergence)) nats", range: Self.range,
                content: .values(groups.split(draws(of: latent))))
        }
        return Panel.image(panels, columns: min(chosen.count, 8), groups: groups.names)
    }

    /// The diagonal has each latent's histogram.
    func pairs(_ most: Int) throws -> Image {
        let chosen = try first(most).map { (latent: $0.latent, draws: draws(of: $0.latent)) }
        let panels = chosen.flatMap { down in
            chosen.map { across in
                guard across.latent != down.latent else {
                    return Panel(
                        title: "z\(down.latent)", range: Self.range, content: .values(groups.split(down.draws)))
                }
                let points = zip(across.draws, down.draws).map { Point(x: $0, y: $1) }
                return Panel(
                    title: "z\(down.latent) over z\(across.latent)", range: Self.range,
                    content: .points(groups.split(points)))
            }
        }
        return Panel.image(panels, columns: chosen.count, groups: groups.names)
    }
}
