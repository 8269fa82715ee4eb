import Messaging
import Training

/// A step's parameters and running statistics as chunks that all workers' messages share.
///
/// A chunk is made when the first worker is to have it: then its parameters get their last update of the step, and leave while
/// those of the next chunk get theirs. An earlier step's are kept while a sum of that step is in question.
struct OutgoingParameters {
    private var step: Int?
    private var chunks: [Range<Int>: SharedMessage] = [:]
    /// The chunks of earlier steps.
    private var kept: [Int: [Range<Int>: SharedMessage]] = [:]

    /// The bytes of `range`: the parameters, then the running statistics. Nil where they are an earlier step's and gone.
    mutating func chunk(
        _ range: Range<Int>, ofStep wanted: Int, of training: inout RunState, keeping steps: Set<Int>
    ) -> Message? {
        if step != training.model.step { begin(training.model.step, keeping: steps) }
        guard wanted == step else { return kept[wanted]?[range]?.copy() }
        if let chunk = chunks[range] { return chunk.copy() }
        let chunk = SharedMessage(Self.message(range.lowerBound / 4..<range.upperBound / 4, of: &training))
        chunks[range] = chunk
        return chunk.copy()
    }

    private mutating func begin(_ new: Int, keeping steps: Set<Int>) {
        if let step { kept[step] = chunks }
        kept = kept.filter { steps.contains($0.key) }
        chunks = [:]
        step = new
    }

    private static func message(_ range: Range<Int>, of training: inout RunState) -> Message {
        training.settle(upTo: range.upperBound)
        let border = training.model.parameters.count
        return Message(floats: range.count) { _, floats in
            copy(training.model.parameters, range.clamped(to: 0..<border), to: &floats, at: 0)
            guard range.upperBound > border else { return }
            let first = max(0, range.lowerBound - border)
            copy(
                training.model.statistics, first..<range.upperBound - border, to: &floats,
                at: border + first - range.lowerBound)
        }
    }

    private static func copy(
        _ source: [Float], _ range: Range<Int>, to target: inout MutableSpan<Float>, at start: Int
    ) {
        let source = source.span.extracting(range)
        for index in 0..<source.count { target[start + index] = source[index] }
    }
}
