import Explore
import Training
import VAE

/// What a page gets from an image file: the survey of its training images' codes, and held-out images as examples.
struct SurveyedImages {
    let survey: Survey
    let examples: ExploredRun.Examples?

    /// Images that are encoded at most; they lie evenly over the training images.
    private static let mostCodes = 5000
    /// Images encoded at a time.
    private static let batch = 500

    /// - Parameter path: Nil where the decoder alone has to say what there is.
    init(_ path: String?, _ reading: DataOptions, _ model: ImageModel) throws {
        guard let path else {
            Terminal.standardError.status("trying out the latents")
            defer { Terminal.standardError.status("") }
            (survey, examples) = (try Survey(of: model), nil)
            return
        }
        let source = try DatasetSource(path, reading.added(to: model.program.configuration.data))
        try model.program.check(source)
        let count = source.count(.train)
        let rows = Array(stride(from: 0, to: count, by: max(1, count / Self.mostCodes)).prefix(Self.mostCodes))
        survey = Survey(
            codes: try Self.codes(of: rows, source, model), latents: model.program.configuration.model.latents.count,
            facts: try source.facts(of: rows, in: .train))
        examples = ExploredRun.Examples(source, source.count(.valid) > 0 ? .valid : .train)
    }

    private static func codes(of rows: [Int], _ source: DatasetSource, _ model: ImageModel) throws -> [Float] {
        var codes: [Float] = []
        try ImageTicker.watch("encoding images", rows.count) { progress in
            for first in stride(from: 0, to: rows.count, by: batch) {
                let part = Array(rows[first..<min(rows.count, first + batch)])
                codes += try model.means(source.pixels(of: part, in: .train))
                progress(first + part.count)
            }
        }
        return codes
    }
}
