/// Makes requests of the bytes of a connection, as they come. It keeps no more of them than one request may have.
public struct RequestReader {
    /// Looks at a head before anything behind it is read, and says how many bytes that may be.
    public typealias Admission = @Sendable (RequestHead) throws(Refusal) -> Int

    private let admit: Admission
    private var bytes: [UInt8] = []
    /// How far there is no end of a head.
    private var searched = 0
    private var head: RequestHead?

    private static let end: [UInt8] = [13, 10, 13, 10]

    public init(admit: @escaping Admission) {
        self.admit = admit
    }

    /// Whether a request has begun and is not whole.
    public var isWithinRequest: Bool { head != nil || !bytes.isEmpty }

    /// Takes bytes and returns the next request once it is whole; what comes behind it stays for the next call.
    ///
    /// - Throws: `Refusal`. The connection is to be closed then: nobody knows where the next request begins.
    public mutating func add(_ more: some Sequence<UInt8>) throws(Refusal) -> Request? {
        bytes += more
        if head == nil { head = try takeHead() }
        guard let head, bytes.count >= head.bodyCount else { return nil }
        let body = Array(bytes.prefix(head.bodyCount))
        bytes.removeFirst(head.bodyCount)
        self.head = nil
        return Request(head, body: body)
    }

    private mutating func takeHead() throws(Refusal) -> RequestHead? {
        guard let end = endOfHead() else {
            guard bytes.count <= RequestHead.mostBytes else {
                throw Refusal(431, "the request's head is longer than \(RequestHead.mostBytes) bytes")
            }
            return nil
        }
        let head = try RequestHead(bytes[..<end])
        let most = try admit(head)
        guard head.bodyCount <= most else {
            throw Refusal(413, "the request brings \(head.bodyCount) bytes, and \(most) are taken here at most")
        }
        bytes.removeFirst(end + Self.end.count)
        searched = 0
        return head
    }

    private mutating func endOfHead() -> Int? {
        while searched + Self.end.count <= min(bytes.count, RequestHead.mostBytes + Self.end.count) {
            if bytes[searched..<searched + Self.end.count].elementsEqual(Self.end) { return searched }
            searched += 1
        }
        return nil
    }
}
