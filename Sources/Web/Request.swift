/// A whole request.
public struct Request: Hashable, Sendable {
    public let head: RequestHead
    public let body: [UInt8]

    public init(_ head: RequestHead, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }
}

extension RequestHead {
    /// A whole number of the query; nil where it is not there.
    ///
    /// - Throws: `Refusal` where it is no number from 0 to 2³¹ − 1.
    public func number(_ name: String) throws(Refusal) -> Int? {
        guard let text = query[name] else { return nil }
        guard text.utf8.count <= 10, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text),
            number <= Int(Int32.max)
        else { throw Refusal(400, "\(name) is a whole number from 0, such as \(name)=3") }
        return number
    }
}
