/// A request that is not answered as asked: the status to say so with, and one sentence about why.
public struct Refusal: Error, Hashable, CustomStringConvertible {
    /// HTTP's number, from 400.
    public let status: Int
    /// What was wrong and what to do, for whoever sent the request.
    public let description: String

    public init(_ status: Int, _ description: String) {
        self.status = status
        self.description = description
    }
}
