import ConfigurationFiles
import Explore
import Ingest
import Training
import Tributary
import VAE

/// What a page gets from an image file: the survey of its training images' codes, and held-out images as examples.
struct SurveyedImages {
    let survey: Survey
    let examples: ExploredRun.Examples?
    let fitting: PictureFitting

    /// Images that are encoded at most before the page is served.
    private static let mostCodes = 5000
    /// Images encoded at a time.
    private static let batch = 500

    /// - Parameter path: Nil where the decoder alone has to say what there is.
    init(_ path: String?, _ reading: DataOptions, _ model: ImageModel) throws {
        guard let path else {
            Terminal.standardError.status("trying out the latents")
            defer { Terminal.standardError.status("") }
            (survey, examples) = (try Survey(of: model), nil)
            fitting = try PictureFitting(model.program.configuration.model.images, like: nil)
            return
        }
        let source = try DatasetSource(path, reading.added(to: model.program.configuration.data))
        try model.program.check(source)
        examples = Self.examples(of: source)
        fitting = try PictureFitting(model.program.configuration.model.images, like: source)
        survey = try ImageTicker.watch("encoding images", min(Self.mostCodes, source.count(.train))) {
            try Self.survey(of: source, model, progress: $0)
        }
    }

    /// The held-out images; where there are none, those that a model is trained on.
    static func examples(of source: DatasetSource) -> ExploredRun.Examples {
        ExploredRun.Examples(source, source.count(.valid) > 0 ? .valid : .train)
    }

    /// What the codes of training images say.
    ///
    /// - Parameter most: Images that are encoded; they lie evenly over the training images.
    static func survey(
        of source: DatasetSource, _ model: ImageModel, most: Int = mostCodes, progress: (Int) -> Void = { _ in }
    ) throws -> Survey {
        let rows = Array(0..<source.count(.train)).evenly(atMost: most)
        var codes: [Float] = []
        for first in stride(from: 0, to: rows.count, by: batch) {
            let part = Array(rows[first..<min(rows.count, first + batch)])
            codes += try model.means(source.pixels(of: part, in: .train))
            progress(first + part.count)
        }
        guard codes.allSatisfy(\.isFinite) else {
            throw UsageProblem(
                "the encoder gives codes that are not finite, so there is nothing to see: the run has diverged, and an earlier checkpoint may "
                    + "be sound")
        }
        return Survey(
            codes: codes, latents: model.program.configuration.model.latents.count,
            facts: try source.facts(of: rows, in: .train))
    }
}
