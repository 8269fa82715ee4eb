import FlyingSocks
import Foundation
import Testing

@testable import Explore
@testable import Web

/// The shell over real sockets.
@Suite struct WebServerTests {
    /// Serves while the body runs.
    private static func serving(_ body: @escaping @Sendable (_ port: UInt16) async throws -> Void) async throws {
        let explorer = try TinyRun().explorer()
        let server = try WebServer(address: "127.0.0.1", port: 0)
        let port = try #require(server.port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run(Admission(.loopback, codeCount: 2).admit) { await explorer.answer($0) }
            }
            group.addTask { try await body(port) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func connect(_ port: UInt16) async throws -> AsyncSocket {
        try await AsyncSocket.connected(to: .inet(ip4: "127.0.0.1", port: port), timeout: 60)
    }

    /// Everything that comes until the other end closes.
    private static func rest(of socket: AsyncSocket) async -> String {
        var bytes: [UInt8] = []
        while let more = try? await socket.read(atMost: 4096) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func answer(_ port: UInt16, _ request: String) async throws -> String {
        let socket = try await connect(port)
        defer { try? socket.close() }
        try await socket.write(Data(request.utf8))
        return await rest(of: socket)
    }

    @Test func requestsOfOneConnectionAreAnsweredInTurn() async throws {
        try await Self.serving { port in
            let get = "GET /icon.svg HTTP/1.1\r\nHost: localhost:\(port)\r\n"
            let text = try await Self.answer(port, get + "\r\n" + get + "Connection: close\r\n\r\n")
            #expect(text.components(separatedBy: "HTTP/1.1 200 OK\r\n").count == 3)
            #expect(text.components(separatedBy: "</svg>").count == 3)
        }
    }

    @Test func hostileRequestsAreRefusedAndTheServerGoesOn() async throws {
        try await Self.serving { port in
            for (request, status) in [
                ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403), ("nonsense\r\n\r\n", 400),
                ("\u{16}\u{3}\u{1}\r\n\r\n", 400), (String(repeating: "a", count: 40_000), 431),
                ("POST /picture.png HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n", 413),
                (
                    "POST /picture.png HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 3\r\n\r\n",
                    403
                ),
                ("GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404),
            ] {
                let text = try await Self.answer(port, request)
                #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(60)): \(text.prefix(60))")
            }
            let body = String(repeating: "x", count: 2_000_000)
            _ = try? await Self.answer(
                port, "POST /picture.png HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n\(body)")
            let text = try await Self.answer(
                port, "GET /run.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func noMoreConnectionsAreServedThanMay() async throws {
        try await Self.serving { port in
            var open: [AsyncSocket] = []
            for _ in 0..<WebServer.mostConnections {
                let socket = try await Self.connect(port)
                try await socket.write(Data("GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
                _ = try await socket.read(atMost: 4096)
                open.append(socket)
            }
            let socket = try await Self.connect(port)
            #expect(await Self.rest(of: socket).hasPrefix("HTTP/1.1 503 "))
            for socket in open + [socket] { try socket.close() }
        }
    }

    @Test func aPortInUseAndAStrangeAddressAreToldInASentence() throws {
        let server = try WebServer(address: "127.0.0.1", port: 0)
        let port = try #require(server.port)
        func sentence(_ address: String, _ port: UInt16) -> String {
            do { _ = try WebServer(address: address, port: port) } catch { return "\(error)" }
            return ""
        }
        #expect(
            sentence("127.0.0.1", port)
                == "port \(port) of 127.0.0.1 is in use: name another port, or 0 for one that is free")
        #expect(sentence("here", 0) == "here is no address: name one in numbers, such as 192.168.1.5 or 0.0.0.0")
        #expect(sentence("192.0.2.1", 0).hasPrefix("192.0.2.1 is no address of this machine"))
    }
}
