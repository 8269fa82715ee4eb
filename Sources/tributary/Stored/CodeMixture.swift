import ConfigurationFiles
import Fitting
import Randomness
import Training
import Tributary
import VAE

/// A mixture that is fitted on the codes of training images, to draw new latents from.
struct CodeMixture {
    private let mixture: GaussianMixture

    /// Codes that it is fitted on at most; they lie evenly over the training images.
    private static let mostCodes = 10_000
    /// Images encoded at a time.
    private static let batch = 1000

    /// - Throws: `UsageProblem` for latents that are no numbers on a line, `MixtureError`, and what reading throws.
    init(
        _ components: Int, of model: ImageModel, _ path: String, _ reading: DataOptions, seed: UInt64
    ) throws {
        let latents = model.program.configuration.model.latents
        guard latents.areContinuous else {
            throw UsageProblem(
                "--mixture is for latents that are continuous numbers, and this model's are bits or classes")
        }
        guard model.codeCount == latents.count else {
            throw UsageProblem(
                "--mixture is for models whose decoder takes latents alone, and this one's takes a label besides")
        }
        let source = try DatasetSource(path, reading.added(to: model.program.configuration.data))
        try model.program.check(source)
        let rows = Array(0..<source.count(.train)).evenly(atMost: Self.mostCodes)
        var codes: [Float] = []
        for first in stride(from: 0, to: rows.count, by: Self.batch) {
            let part = Array(rows[first..<min(rows.count, first + Self.batch)])
            codes += try model.means(try source.pixels(of: part, in: .train))
            Terminal.standardError.status("\(codes.count / latents.count) of \(rows.count) images encoded")
        }
        var result = ""
        mixture = try GaussianMixture.fit(codes, dimensions: latents.count, components: components, seed: seed) {
            result = "ln p of a code is \(decimal($1)) nats after \($0) rounds of fitting"
            Terminal.standardError.status(result)
        }
        Terminal.standardError.line("mixture of \(components) on \(rows.count) codes: \(result)")
    }

    /// The first draws do not depend on the count.
    func draws(_ count: Int, seed: UInt64) -> [Float] {
        (0..<count).flatMap {
            mixture.draw(RandomStream(seed: seed, operator: RandomStream.synthesis, example: UInt32($0)))
        }
    }
}
