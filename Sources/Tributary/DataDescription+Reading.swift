import ConfigurationFiles
import Ingest
import Training

extension DataDescription {
    /// What a reader of files makes of it.
    ///
    /// - Throws: `UsageProblem` for a layout or range that there is not, from a configuration file.
    package func readingOptions() throws -> ReadingOptions {
        if let layout, AxisLayout(layout) == nil {
            throw UsageProblem(
                "data.layout is the axes N, H, W and perhaps C in their order, such as NHWC, or flat:28x28, not \(layout)"
            )
        }
        if let problem = range.flatMap({ Self.problem(ofRange: $0) }) { throw UsageProblem("data.range \(problem)") }
        return ReadingOptions(
            imagesPath: imagesPath, labelsPath: labelsPath, layout: layout.flatMap { AxisLayout($0) },
            range: range.map { $0[0]...$0[1] }, trainSplit: trainSplit, validSplit: validSplit,
            onlyWritten: onlyWritten ?? false)
    }

    /// What is wrong with the stored values of black and white, as the end of a sentence.
    package static func problem(ofRange range: [Double]) -> String? {
        guard range.count == 2, Float(range[0]).isFinite, Float(range[1]).isFinite, Float(range[0]) < Float(range[1])
        else { return "takes two numbers of which the first is below the second, not \(range)" }
        return nil
    }
}
