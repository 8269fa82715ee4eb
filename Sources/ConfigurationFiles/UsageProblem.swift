/// Something the user can put right, in one sentence.
public struct UsageProblem: Error, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
