import Contract

/// A configuration file that cannot be used: everything that is wrong with it, in the order of its lines.
public struct ConfigurationProblems: Error, Hashable, CustomStringConvertible {
    /// A sentence for each problem, with the file and the line; for the first ones, where they are too many to be read.
    public let sentences: [String]
    private let file: String
    private let count: Int

    private static let most = 20

    /// - Parameter problems: At least one, with the line of each where it has one.
    init(file: String, _ problems: [(line: Int?, problem: ConfigurationProblem)]) {
        precondition(!problems.isEmpty, "no problem is no error")
        self.file = file
        let ordered = problems.enumerated().sorted {
            ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset)
        }
        count = problems.count
        sentences = ordered.prefix(Self.most).map { _, entry in
            "\(file)\(entry.line.map { ", line \($0)" } ?? ""): \(entry.problem)"
        }
    }

    /// The one sentence, or one about all of them, which are to be told before it.
    public var description: String {
        if count == 1 { return sentences[0] }
        let told = count > sentences.count ? "the first \(sentences.count) of them told above" : "told above"
        return "\(file) has \(count) problems, \(told): `tributary help configuration` says what every key may hold"
    }
}
