import Foundation
import Synchronization
import Testing

/// A process of the real `tributary` command, whose messages can be waited for.
final class CommandProcess: Sendable {
    private struct State {
        var text = ""
        var isClosed = false
    }

    private let state = Mutex(State())
    private let news = NSCondition()
    private let process = Process()

    /// The command, built beside the tests.
    static var executable: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("tributary").path
    }

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: executable) }

    /// Starts `tributary` with these arguments; what it writes, on both streams, can be waited for.
    convenience init(_ arguments: [String]) throws { try self.init(Self.executable, arguments) }

    /// Starts a program, with `tributary` somewhere in its arguments.
    init(_ program: String, _ arguments: [String]) throws {
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = pipe
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        let reader = Thread { [self] in
            while true {
                let data = pipe.fileHandleForReading.availableData
                take(data)
                if data.isEmpty { return }
            }
        }
        try process.run()
        try pipe.fileHandleForWriting.close()
        reader.start()
    }

    /// Runs it to the end.
    static func run(_ arguments: String...) throws -> (status: Int32, text: String) {
        let process = try CommandProcess(arguments)
        return (process.wait(), process.text)
    }

    var identifier: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    var text: String { state.withLock { $0.text } }

    /// Waits until the process has written a line that contains `sign`, and returns the line.
    func line(containing sign: String) throws -> String {
        let limit = Date(timeIntervalSinceNow: 1200)
        news.lock()
        defer { news.unlock() }
        while true {
            let (text, isClosed) = state.withLock { ($0.text, $0.isClosed) }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(isClosed ? 0 : 1)
            if let line = lines.first(where: { $0.contains(sign) }) { return String(line) }
            try #require(!isClosed && news.wait(until: limit), "no line has \"\(sign)\" in:\n\(text)")
        }
    }

    /// The process of a worker that joined.
    func worker(_ name: String) throws -> Int32 {
        let line = try line(containing: "\(name) joined (process ")
        let digits = try #require(line.split(separator: "(process ").last?.prefix { $0.isNumber })
        return try #require(Int32(digits))
    }

    func signal(_ number: Int32) {
        kill(identifier, number)
    }

    /// Waits for the end and returns the exit status.
    @discardableResult func wait() -> Int32 {
        process.waitUntilExit()
        news.lock()
        while !state.withLock({ $0.isClosed }), news.wait(until: Date(timeIntervalSinceNow: 30)) {}
        news.unlock()
        return process.terminationStatus
    }

    private func take(_ data: Data) {
        news.lock()
        state.withLock { state in
            state.text += String(decoding: data, as: UTF8.self)
            if data.isEmpty { state.isClosed = true }
        }
        news.broadcast()
        news.unlock()
    }
}
