import FlyingSocks
import Foundation
import Synchronization

/// The shell around it all: sockets, time limits, and as many connections as a page needs.
public struct WebServer: Sendable {
    /// What answers.
    public typealias Answering = @Sendable (Request) async -> Answer

    private let socket: Socket
    private let open = OpenConnections()

    /// Connections at a time. A browser opens six.
    static let mostConnections = 32
    /// How long a request may take to arrive, and an answer to leave. A second more at most goes by before it is noticed.
    private static let transfer = Duration.seconds(30)
    /// How long a connection may be idle.
    private static let idle = Duration.seconds(60)

    /// Listens.
    ///
    /// - Parameters:
    ///   - address: A numeric address of this machine, of version 4 or 6.
    ///   - port: 0 for one that is free.
    /// - Throws: `ListeningError`.
    public init(address: String, port: UInt16) throws(ListeningError) {
        do {
            socket = try Self.listen(address, port)
        } catch {
            throw ListeningError(address: address, port: port, cause: error)
        }
    }

    /// The port that it listens on.
    public var port: UInt16? {
        switch try? socket.sockname() {
        case .ip4(_, let port), .ip6(_, let port): port
        default: nil
        }
    }

    private static func listen(_ address: String, _ port: UInt16) throws -> Socket {
        if address.contains(":") { return try listen(sockaddr_in6.inet6(ip6: address, port: port)) }
        return try listen(sockaddr_in.inet(ip4: address, port: port))
    }

    private static func listen(_ address: some SocketAddress) throws -> Socket {
        let socket = try Socket(domain: Int32(address.family), type: .stream)
        do {
            try socket.setValue(true, for: .localAddressReuse)
            try socket.bind(to: address)
        } catch {
            try? socket.close()
            throw error
        }
        try socket.listen()
        return socket
    }

    /// Answers what is let in until the task is cancelled.
    ///
    /// - Parameter admission: Looks at each head before anything behind it is read.
    /// - Throws: What ended it.
    public func run(_ admission: @escaping RequestReader.Admission, _ answer: @escaping Answering) async throws {
        let pool = SocketPool.make()
        try await pool.prepare()
        let listener = try AsyncSocket(socket: socket, pool: pool)
        defer { try? listener.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            group.addTask { try await accept(listener) { await serve($0, admission, answer) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func accept(
        _ listener: AsyncSocket, _ serve: @escaping @Sendable (AsyncSocket) async -> Void
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                do {
                    let socket = try await listener.accept()
                    group.addTask { await serve(socket) }
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    // No file is free, or whoever came is gone.
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
        }
    }

    private func serve(
        _ socket: AsyncSocket, _ admission: @escaping RequestReader.Admission, _ answer: @escaping Answering
    ) async {
        defer { try? socket.close() }
        guard open.enter() else {
            return await refuse(Refusal(503, "this server has \(Self.mostConnections) connections already"), socket)
        }
        defer { open.leave() }
        let deadline = Deadline()
        do {
            try await deadline.watch { try await converse(socket, admission, answer, deadline) }
        } catch let refusal as Refusal {
            await refuse(refusal, socket)
        } catch is TimeOver where deadline.isWithinRequest {
            await refuse(Refusal(408, "the request did not arrive within \(Self.transfer)"), socket)
        } catch {
            // The other end is gone or idle, or this one is ending.
        }
    }

    private func converse(
        _ socket: AsyncSocket, _ admission: @escaping RequestReader.Admission, _ answer: Answering, _ deadline: Deadline
    ) async throws {
        var reader = RequestReader(admit: admission)
        while true {
            let request = try await next(&reader, socket, deadline)
            let isLast = request.head.fields["connection"]?.lowercased() == "close"
            deadline.set(nil)
            let bytes = await answer(request).encoded(isLast: isLast)
            deadline.set(Self.transfer)
            try await socket.write(Data(bytes))
            if isLast { return }
        }
    }

    private func next(
        _ reader: inout RequestReader, _ socket: AsyncSocket, _ deadline: Deadline
    ) async throws -> Request {
        var bytes: [UInt8] = []
        deadline.set(Self.idle)
        while true {
            let hadBegun = deadline.isWithinRequest
            if let request = try reader.add(bytes) { return request }
            if reader.isWithinRequest, !hadBegun { deadline.set(Self.transfer, isWithinRequest: true) }
            bytes = try await socket.read(atMost: 4096)
        }
    }

    private func refuse(_ refusal: Refusal, _ socket: AsyncSocket) async {
        let bytes = Answer(refusal).encoded(isLast: true)
        // What is on its way is read for a moment, or the other end would be told of a broken connection instead.
        let deadline = Deadline()
        deadline.set(.milliseconds(250))
        try? await deadline.watch(every: .milliseconds(50)) {
            try await socket.write(Data(bytes))
            for _ in 0..<1024 { _ = try await socket.read(atMost: 4096) }
        }
    }
}

/// Why a server cannot listen, in one sentence.
public struct ListeningError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(address: String, port: UInt16, cause: any Error) {
        let place = "port \(port) of \(address)"
        switch cause as? SocketError {
        case .failed(let function, _, _) where function.hasPrefix("inet_pton"):
            description = "\(address) is no address: name one in numbers, such as 192.168.1.5 or 0.0.0.0"
        case .failed(_, EADDRINUSE, _):
            description = "\(place) is in use: name another port, or 0 for one that is free"
        case .failed(_, EACCES, _):
            description = "\(place) may not be listened on by this user: name a port from 1024"
        case .failed(_, EADDRNOTAVAIL, _):
            description = "\(address) is no address of this machine: name one that is, or 0.0.0.0 for all"
        case .failed(_, _, let message): description = "cannot listen on \(place): \(message)"
        default: description = "cannot listen on \(place): \(cause)"
        }
    }
}

private final class OpenConnections: Sendable {
    private let count = Mutex(0)

    /// Counts a connection; false where there are enough.
    func enter() -> Bool {
        count.withLock { count in
            guard count < WebServer.mostConnections else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
