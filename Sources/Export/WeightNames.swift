/// What somebody else calls the tensors of a model: a text with two words in a line, our name and theirs.
///
/// A name is that of a tensor, or of a module, which then stands for all tensors below it. Empty lines and lines that begin with `#` say nothing.
public struct WeightNames: Sendable {
    private var theirs: [String: String] = [:]

    /// Everything has the same name there.
    public init() {}

    /// - Parameter file: The text's name, for errors.
    /// - Throws: `WeightNamesError` for a line of other than two words, or two lines about one name.
    public init(_ text: String, file: String) throws(WeightNamesError) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count == 2 else {
                throw WeightNamesError(
                    file: file, line: index + 1, problem: "has \(words.count) words: write our name and theirs")
            }
            guard theirs.updateValue(words[1], forKey: first) == nil else {
                throw WeightNamesError(
                    file: file, line: index + 1, problem: "names \(first) again: take one of the two out")
            }
        }
    }

    /// Their name for a tensor: the longest of our names that stands for it decides.
    func theirName(of name: String) -> String {
        let parts = name.split(separator: ".")
        for count in (1...parts.count).reversed() {
            guard let found = theirs[parts.prefix(count).joined(separator: ".")] else { continue }
            return ([found] + parts.dropFirst(count).map(String.init)).joined(separator: ".")
        }
        return name
    }
}

/// A line that gives no name.
public struct WeightNamesError: Error, Hashable, CustomStringConvertible {
    public let file: String
    public let line: Int
    public let problem: String

    public var description: String { "line \(line) of \(file) \(problem)" }
}
