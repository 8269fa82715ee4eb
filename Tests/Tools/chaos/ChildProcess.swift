import Foundation

/// A program that runs beside this one, its messages kept in a file.
final class ChildProcess {
    /// What the messages call it: `coordinator-2`.
    let name: String
    private let process = Process()
    private let log: String

    /// Starts a program of this build.
    init(_ program: String, _ arguments: [String], name: String, logs: String) throws {
        self.name = name
        log = "\(logs)/\(name).log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        guard let output = FileHandle(forWritingAtPath: log) else { throw Problem("cannot write \(log)") }
        process.executableURL = URL(fileURLWithPath: Self.path(of: program))
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit { if isRunning { signal(SIGKILL) } }

    /// A program that was built beside this one.
    static func path(of program: String) -> String {
        let this = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: this).deletingLastPathComponent().appendingPathComponent(program).path
    }

    /// Runs another program to its end and returns its exit status.
    static func run(_ path: String, _ arguments: [String]) throws -> Int32 {
        let process = try Process.run(URL(fileURLWithPath: path), arguments: arguments)
        process.waitUntilExit()
        return process.terminationStatus
    }

    var identifier: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits for the end, which must come within so many seconds, and returns the exit status; 128 and more for a signal.
    func end(within seconds: Double) throws -> Int32 {
        let limit = ContinuousClock.now + .seconds(seconds)
        while isRunning, ContinuousClock.now < limit { Thread.sleep(forTimeInterval: 0.005) }
        guard !isRunning else { throw Problem("\(name) did not end within \(seconds) s; its messages are in \(log)") }
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Everything it wrote.
    var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// The last line it wrote, for messages about it.
    var lastLine: String { text.split(separator: "\n").last.map(String.init) ?? "it wrote nothing" }
}
