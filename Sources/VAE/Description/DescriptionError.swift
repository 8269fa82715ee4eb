/// A description that makes no model, in one sentence: where, what does not fit, and what to change.
public struct DescriptionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The place in the description, such as `encoder/2/linear`.
    public let path: String
    public let problem: String

    public var description: String { "\(path) \(problem)" }
}

/// What is wrong with a layer, by itself; the network that it is part of knows where.
struct LayerProblem: Error {
    /// The predicate of a sentence whose subject is the layer's path.
    let problem: String
    /// Where the layer lies below the one that is spoken of, such as `0/linear`; empty for that one itself.
    private(set) var place = ""

    init(_ problem: String) { self.problem = problem }

    /// The problem as a layer around that one tells it.
    func within(_ outer: String) -> LayerProblem {
        var problem = self
        problem.place = place.isEmpty ? outer : "\(outer)/\(place)"
        return problem
    }

    static func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(LayerProblem) {
        if !condition { throw LayerProblem(problem()) }
    }
}
