import Cluster
import Contract
import Foundation
import Logging
import Synchronization
import Training
import VAE

/// One coordinator with so many idle workers, for so long.
struct CoordinatorRun {
    let configuration: RunConfiguration
    let workers: Int
    let transport: CoordinatorCommand.Transport
    let seconds: Double
    private let folder =
        FileManager.default.temporaryDirectory.path + "/tributary-benchmark-\(UInt64.random(in: 0 ... .max))"

    init(
        _ configuration: RunConfiguration, workers: Int, transport: CoordinatorCommand.Transport, seconds: Double
    ) {
        self.configuration = configuration
        self.workers = workers
        self.transport = transport
        self.seconds = seconds
    }

    func measure() throws -> CoordinatorRow {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keys = transport == .encrypted ? folder + "/keys" : nil
        if let keys { try createKeys(keys) }
        let interruption = Interruption()
        let meter = Meter(workers: workers, seconds: seconds) { interruption.request("enough was measured") }
        let address = address
        let quiet = Logger(label: "coordinator") { _ in SwiftLogNoOpLogHandler() }
        let coordinator = try CoordinatorProcess(
            options(address, keys: keys), reporter: meter, log: quiet, interruption: interruption)
        let process = try startWorkers(address, keys: keys)
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.joiningLimit + seconds) {
            interruption.request("the time is up")
        }
        _ = try coordinator.run()
        process.waitUntilExit()
        return try meter.row(configuration: configuration, transport: transport)
    }

    /// Seconds that all workers have to join.
    private static let joiningLimit = 120.0

    /// After each epoch pictures are drawn, which is not what is measured.
    private static let stepsInEpoch = 256

    /// Each worker has a key of its own.
    private func createKeys(_ path: String) throws {
        let folder = KeyFolder(path)
        try folder.create()
        for index in 0..<workers { try folder.add(IdleWorkersCommand.name(index)) }
    }

    private var address: String {
        transport == .ipc ? "ipc://\(folder)/socket" : "tcp://127.0.0.1:\(2 * Int.random(in: 5_000..<16_000))"
    }

    private func options(_ address: String, keys: String?) throws -> CoordinatorOptions {
        let images = configuration.model.images
        let source = IdleExamples(
            examples: configuration.shards * Self.stepsInEpoch, channels: images.channels,
            height: images.height, width: images.width)
        var options = CoordinatorOptions(
            configuration: configuration, configurationText: "", source: source, directory: folder + "/run",
            listen: address, resume: false, stop: .steps(1_000_000_000), checkpointEvery: .seconds(3_600),
            engine: IdleEngine())
        options.security = try keys.map { .keys(try CoordinatorKeys(folder: $0)) } ?? .insecure
        return options
    }

    private func startWorkers(_ address: String, keys: String?) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: LocalCluster.thisProgram)
        process.arguments = ["idle-workers", "--connect", address, "--count", "\(workers)"]
        if let keys { process.arguments! += ["--keys", keys] }
        try process.run()
        return process
    }
}

/// Measures from the step on at which all workers have joined.
///
/// Workers of unlike speed get unlike shares, and where many share a few cores some get none for a step: then fewer gradients
/// travel, and the bytes say so.
private final class Meter: RunReporter {
    private struct State {
        var steps = 0
        var began: (clock: ContinuousClock.Instant, processor: Double)?
        var traffic: [Traffic] = []
        var took: (clock: Double, processor: Double)?
    }

    /// Steps after the last worker's joining that are not measured, until buffers and pixels are where they belong.
    private static let warmUp = 5

    private let workers: Int
    private let seconds: Double
    private let enough: @Sendable () -> Void
    private let state = Mutex(State())

    init(workers: Int, seconds: Double, enough: @escaping @Sendable () -> Void) {
        self.workers = workers
        self.seconds = seconds
        self.enough = enough
    }

    func report(_ event: RunEvent) {
        guard case .step(let step) = event else { return }
        let isEnough = state.withLock { state in
            guard state.took == nil, state.steps > 0 || step.workers == workers else { return false }
            state.steps += 1
            guard state.steps > Self.warmUp else { return false }
            guard let began = state.began else {
                state.began = (.now, Self.processorSeconds)
                return false
            }
            state.traffic.append(step.traffic)
            let elapsed = (ContinuousClock.now - began.clock) / .seconds(1)
            guard elapsed >= seconds, state.traffic.count >= 3 else { return false }
            state.took = (elapsed, Self.processorSeconds - began.processor)
            return true
        }
        if isEnough { enough() }
    }

    /// What this process has used of the processors, from `/proc/self/stat` in hundredths of a second.
    private static var processorSeconds: Double {
        let text = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Double(fields[11]) ?? 0) / 100 + (Double(fields[12]) ?? 0) / 100 : 0
    }

    func row(
        configuration: RunConfiguration, transport: CoordinatorCommand.Transport
    ) throws -> CoordinatorRow {
        try state.withLock { state in
            guard let took = state.took else { throw CoordinatorRunError() }
            let steps = Double(state.traffic.count)
            let up = state.traffic.reduce(0) { $0 + $1.partialBytes }
            let down = state.traffic.reduce(0) { $0 + $1.parameterBytes }
            return CoordinatorRow(
                workers: workers, transport: transport.rawValue, wire: configuration.wire.rawValue,
                millisecondsPerStep: took.clock / steps * 1e3,
                processorMillisecondsPerStep: took.processor / steps * 1e3,
                gradientBytesPerStep: Int(Double(up) / steps), parameterBytesPerStep: Int(Double(down) / steps),
                gigabytesPerSecond: Double(up + down) / took.clock / 1e9,
                gigabytesPerProcessorSecond: Double(up + down) / max(took.processor, 0.01) / 1e9)
        }
    }
}

struct CoordinatorRunError: Error, CustomStringConvertible {
    let description =
        "the workers did not all join, or made too few steps, in the time there was: measure fewer of them"
}

/// What one run came to.
struct CoordinatorRow: Codable {
    let workers: Int
    let transport: String
    let wire: String
    let millisecondsPerStep: Double
    let processorMillisecondsPerStep: Double
    let gradientBytesPerStep: Int
    let parameterBytesPerStep: Int
    let gigabytesPerSecond: Double
    let gigabytesPerProcessorSecond: Double

    static func json(_ rows: [CoordinatorRow]) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(rows), as: UTF8.self)
    }

    static func table(_ rows: [CoordinatorRow]) -> String {
        let head = "workers  transport  wire     ms/step  MB up  MB down   GB/s  CPU ms/step  GB/CPU s"
        let lines = rows.map { row in
            [
                pad("\(row.workers)", -7), pad(row.transport, 9), pad(row.wire, 7), number(row.millisecondsPerStep, 8),
                number(Double(row.gradientBytesPerStep) / 1e6, 5), number(Double(row.parameterBytesPerStep) / 1e6, 7),
                number(row.gigabytesPerSecond, 5), number(row.processorMillisecondsPerStep, 11),
                number(row.gigabytesPerProcessorSecond, 8),
            ].joined(separator: "  ")
        }
        return ([head] + lines).joined(separator: "\n")
    }

    private static func number(_ value: Double, _ width: Int) -> String {
        pad(String((value * 100).rounded() / 100), -width)
    }

    /// Fills up with spaces behind the text, or before it where the width is negative.
    private static func pad(_ text: String, _ width: Int) -> String {
        let spaces = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? spaces + text : text + spaces
    }
}
