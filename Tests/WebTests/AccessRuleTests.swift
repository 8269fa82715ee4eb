import Testing

@testable import Web

/// What pages of others, in a browser on this machine, may get: nothing.
@Suite struct AccessRuleTests {
    private static func status(
        _ rule: AccessRule, _ fields: String..., isPage: Bool = false, of line: String = "GET /model.json"
    )
        throws -> Int
    {
        let head = try RequestHead(Array((["\(line) HTTP/1.1"] + fields).joined(separator: "\r\n").utf8))
        do throws(Refusal) { try rule.check(head, isPage: isPage) } catch { return error.status }
        return 200
    }

    @Test func aNameThatAnybodyCouldLeadHereIsRefused() throws {
        for host in ["localhost:8080", "LOCALHOST", "127.0.0.1:8080", "[::1]:9000"] {
            #expect(try Self.status(.loopback, "Host: \(host)") == 200)
        }
        for host in [
            "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5:8080",
            "", "[::1", "localhost@evil.example", "2130706433",
        ] {
            #expect(try Self.status(.loopback, "Host: \(host)") == 403, "\(host)")
            #expect(try Self.status(.loopback, "Host: \(host)", isPage: true) == 403, "\(host)")
        }
        #expect(try Self.status(.loopback) == 400)
    }

    @Test func anotherOriginIsRefused() throws {
        let host = "Host: localhost:8080"
        #expect(try Self.status(.loopback, host, "Origin: http://localhost:8080", of: "POST /picture.png") == 200)
        for origin in [
            "http://evil.example", "http://localhost:3000", "http://localhost", "https://localhost:8080", "null",
        ] {
            #expect(try Self.status(.loopback, host, "Origin: \(origin)", of: "POST /picture.png") == 403)
        }
        for site in ["cross-site", "same-site", "odd"] {
            #expect(try Self.status(.loopback, host, "Sec-Fetch-Site: \(site)") == 403)
            #expect(try Self.status(.loopback, host, "Sec-Fetch-Site: \(site)", isPage: true) == 403)
        }
    }

    /// A link elsewhere may open the page, and a frame may not.
    @Test func aLinkLeadsHereAndAFrameDoesNot() throws {
        let fields = ["Host: localhost:8080", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"]
        for (destination, status) in [("document", 200), ("iframe", 403)] {
            #expect(
                try Self.status(
                    .loopback, fields[0], fields[1], fields[2], "Sec-Fetch-Dest: \(destination)", isPage: true)
                    == status)
        }
        #expect(try Self.status(.loopback, fields[0], fields[1], fields[2], "Sec-Fetch-Dest: document") == 403)
    }

    @Test func withATokenAnAddressWillDoAndNothingIsToldWithout() throws {
        let rule = AccessRule.token("0123456789abcdef", names: ["Host1"])
        for host in ["192.168.1.5:8080", "[fe80::1]:8080", "host1:8080", "localhost:8080"] {
            #expect(try Self.status(rule, "Host: \(host)", "Authorization: Bearer 0123456789abcdef") == 200, "\(host)")
            #expect(try Self.status(rule, "Host: \(host)", isPage: true) == 200)
            for wrong in ["Bearer 0123456789abcdeg", "Bearer ", "0123456789abcdef", "Bearer 0123456789abcdef0"] {
                #expect(try Self.status(rule, "Host: \(host)", "Authorization: \(wrong)") == 401)
            }
            #expect(try Self.status(rule, "Host: \(host)") == 401)
        }
        #expect(try Self.status(rule, "Host: evil.example", "Authorization: Bearer 0123456789abcdef") == 403)
    }
}
