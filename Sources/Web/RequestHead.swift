/// The first part of a request of HTTP/1.1: its line and its fields, without what follows them.
///
/// Narrower than the standard: what no browser sends is refused, so that nothing can be read in two ways.
///
/// Source: RFC 9112, "HTTP/1.1", sections 2 to 6.
public struct RequestHead: Hashable, Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    public let method: Method
    /// What stands before a question mark, as it was sent.
    public let path: String
    /// What stands behind it, name by name, as it was sent.
    public let query: [String: String]
    /// Values by names in lower case.
    public let fields: [String: String]
    /// How many bytes follow.
    public let bodyCount: Int

    /// The bytes of a head at most, which browsers stay far below.
    public static let mostBytes = 16 << 10
    private static let mostFields = 64

    /// Reads a head, without the empty line at its end.
    ///
    /// - Throws: `Refusal`, of status 400, or 405 for another method.
    public init(_ bytes: some Collection<UInt8>) throws(Refusal) {
        guard bytes.allSatisfy({ $0 >= 32 && $0 < 127 || $0 == 13 || $0 == 10 || $0 == 9 }) else {
            throw Refusal(400, "the request's head has other characters than those of ASCII")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: Self.lineEnd, omittingEmptySubsequences: false)
        guard lines.allSatisfy({ !$0.contains(where: \.isNewline) }) else {
            throw Refusal(400, "the lines of the request's head do not end with CR LF")
        }
        (method, path, query) = try Self.requestLine(lines[0])
        fields = try Self.fields(lines.dropFirst())
        bodyCount = try Self.bodyCount(fields, method)
    }

    /// Swift takes CR LF for one character.
    private static let lineEnd: Character = "\r\n"

    private static func requestLine(
        _ line: Substring
    ) throws(Refusal) -> (Method, String, [String: String]) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0", words[1].hasPrefix("/") else {
            throw Refusal(400, "the request does not begin with a method, a path and HTTP/1.1")
        }
        guard let method = Method(rawValue: String(words[0])) else {
            throw Refusal(405, "only GET and POST are answered")
        }
        let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (method, String(parts[0]), parts.count == 2 ? try query(parts[1]) : [:])
    }

    private static func query(_ text: Substring) throws(Refusal) -> [String: String] {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty,
                values.updateValue(String(parts[1]), forKey: String(parts[0])) == nil
            else { throw Refusal(400, "what stands behind the question mark is not name=value, each name once") }
        }
        return values
    }

    private static func fields(_ lines: ArraySlice<Substring>) throws(Refusal) -> [String: String] {
        guard lines.count <= mostFields else { throw Refusal(400, "the request has more than \(mostFields) fields") }
        var fields: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, isName(parts[0]) else {
                throw Refusal(400, "a field of the request is not a name, a colon and a value")
            }
            let name = parts[0].lowercased()
            guard fields.updateValue(parts[1].trimmingSpaces, forKey: name) == nil else {
                throw Refusal(400, "the request has the field \(name) twice")
            }
        }
        return fields
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (97...122).contains($0 | 32) || (48...57).contains($0) || $0 == 45 }
    }

    private static func bodyCount(_ fields: [String: String], _ method: Method) throws(Refusal) -> Int {
        guard fields["transfer-encoding"] == nil else {
            throw Refusal(400, "a request's length is told by Content-Length alone, not by Transfer-Encoding")
        }
        guard let text = fields["content-length"] else { return 0 }
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            let count = Int(text)
        else { throw Refusal(400, "Content-Length is not a number of bytes") }
        guard method == .post || count == 0 else { throw Refusal(400, "a GET has nothing behind its head") }
        return count
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
