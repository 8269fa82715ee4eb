import Foundation

/// What is sent back.
public struct Answer: Hashable, Sendable {
    public let status: Int
    /// Such as image/png.
    public let type: String
    public let body: [UInt8]

    public init(status: Int = 200, type: String, body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// A value as JSON, its keys in snake case.
    public init(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        self.init(type: "application/json", body: Array(try encoder.encode(value)))
    }

    /// The refusal's sentence.
    public init(_ refusal: Refusal) {
        self.init(status: refusal.status, type: "text/plain; charset=utf-8", body: Array("\(refusal)\n".utf8))
    }

    /// The page may load its own parts and nothing else, nobody may frame it, and nothing is kept.
    private static let fields = """
        Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
        X-Content-Type-Options: nosniff\r
        Referrer-Policy: no-referrer\r
        Cross-Origin-Resource-Policy: same-origin\r
        Cross-Origin-Opener-Policy: same-origin\r
        Cache-Control: no-store\r

        """

    private static let names = [
        200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed",
        408: "Request Timeout", 413: "Content Too Large", 422: "Unprocessable Content",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 503: "Service Unavailable",
    ]

    /// The bytes of HTTP/1.1.
    ///
    /// - Parameter isLast: Whether the connection is closed behind it.
    public func encoded(isLast: Bool) -> [UInt8] {
        let head = """
            HTTP/1.1 \(status) \(Self.names[status] ?? "Refused")\r
            Content-Type: \(type)\r
            Content-Length: \(body.count)\r
            Connection: \(isLast ? "close" : "keep-alive")\r
            \(Self.fields)\r

            """
        return Array(head.utf8) + body
    }
}
