import Randomness
import Testing

@testable import Web

@Suite struct RequestTests {
    private static let good =
        "POST /code.json?step=3&x=a HTTP/1.1\r\nHost: localhost:8080\r\nContent-Length: 5\r\nX-Odd:  b \r\n\r\nhello"

    private static func reader(most: Int = 100) -> RequestReader { RequestReader { _ throws(Refusal) in most } }

    @Test func aRequestIsReadHoweverItsBytesCome() throws {
        for size in [1, 2, 3, 7, 1000] {
            var reader = Self.reader()
            var found: [Request] = []
            let bytes = Array((Self.good + Self.good).utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                if let request = try reader.add(bytes[start..<min(start + size, bytes.count)]) { found.append(request) }
            }
            while let request = try reader.add([]) { found.append(request) }
            #expect(found.count == 2 && found[0] == found[1])
            #expect(found[0].body == Array("hello".utf8))
            #expect(found[0].head.path == "/code.json" && found[0].head.query == ["step": "3", "x": "a"])
            #expect(found[0].head.fields["x-odd"] == "b" && !reader.isWithinRequest)
        }
    }

    @Test(arguments: [
        ("GET / HTTP/2\r\nHost: a", 400), ("GET  / HTTP/1.1\r\nHost: a", 400), ("GET x HTTP/1.1\r\nHost: a", 400),
        ("PUT / HTTP/1.1\r\nHost: a", 405), ("OPTIONS / HTTP/1.1\r\nHost: a", 405), ("", 400), ("\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a", 400), ("GET / HTTP/1.1\r\n Host: a", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: b", 400),
        ("GET / HTTP/1.1\nHost: a", 400), ("GET / HTTP/1.1\r\nHost: a\nX: b", 400),
        ("GET / HTTP/1.1\r\nHost: \u{0}", 400),
        ("GET /?a HTTP/1.1\r\nHost: a", 400), ("GET /?a=1&a=2 HTTP/1.1\r\nHost: a", 400),
        ("GET / HTTP/1.1\r\nHost: ü", 400), ("GET / HTTP/1.1\r\nContent-Length: 3", 400),
        ("POST / HTTP/1.1\r\nContent-Length: -3", 400), ("POST / HTTP/1.1\r\nContent-Length: 3,3", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 9999999999999999", 400),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked", 400),
        ("GET / HTTP/1.1" + String(repeating: "\r\nA: b", count: 65), 400),
    ])
    func whatNoBrowserSendsIsRefusedInASentence(_ head: String, status: Int) {
        do throws(Refusal) {
            _ = try RequestHead(Array(head.utf8))
            Issue.record("taken: \(head)")
        } catch {
            #expect(error.status == status && !error.description.isEmpty, "\(error)")
        }
    }

    /// Before the whole of them is there.
    @Test func whatIsTooLongIsRefusedAtOnce() throws {
        var reader = Self.reader()
        #expect(throws: Refusal.self) {
            for _ in 0..<RequestHead.mostBytes { _ = try reader.add(Array("aa".utf8)) }
        }
        var other = Self.reader(most: 4)
        #expect(throws: Refusal(413, "the request brings 5 bytes, and 4 are taken here at most")) {
            _ = try other.add(Self.good.utf8.prefix(Self.good.utf8.count - 5))
        }
    }

    /// Requests with bytes changed, taken out and put in: each is taken or refused, and none is more than it may be.
    @Test func tenThousandMalformedRequestsAreTakenOrRefused() {
        let good = Array(Self.good.utf8)
        var refused = 0
        for example in 0..<10_000 {
            let stream = RandomStream(seed: 1, operator: 9, example: UInt32(example))
            var bytes = good
            for change in 0..<Int(1 + stream.bits(0) % 4) {
                let place = Int(stream.bits(3 * change + 1)) % bytes.count
                let byte = UInt8(truncatingIfNeeded: stream.bits(3 * change + 2))
                switch stream.bits(3 * change + 3) % 3 {
                case 0: bytes[place] = byte
                case 1: bytes.remove(at: place)
                default: bytes.insert(byte, at: place)
                }
            }
            var reader = Self.reader()
            do throws(Refusal) {
                if let request = try reader.add(bytes) { #expect(request.body.count <= 100) }
            } catch {
                refused += 1
                #expect(error.status >= 400 && !error.description.isEmpty)
            }
        }
        #expect(refused > 1000)
    }
}
