/// Data from outside that cannot be used: a file that is not what it should be, or an import that cannot be done.
public struct DataError: Error, Hashable, CustomStringConvertible {
    /// The path of the file or folder, with the member in it where there is one.
    public let place: String

    /// What is wrong and what to do, in words that follow the place.
    public let problem: String

    public init(_ place: String, _ problem: String) {
        self.place = place
        self.problem = problem
    }

    public var description: String { "\(place) \(problem)" }
}
