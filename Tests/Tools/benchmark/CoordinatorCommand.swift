import ArgumentParser
import Cluster
import ConfigurationFiles
import Contract
import Foundation
import Logging
import Tensors
import Training

struct CoordinatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator", abstract: "A coordinator with many workers that compute nothing.",
        discussion: """
            Real sockets and messages, gradients that are always the same: what is left is receiving, folding, Adam and sending. \
            Rates count the bytes of gradients and parameters in both directions, by the clock (the workers share the machine) \
            and by the processor time of the coordinator's process alone.

            Example:
              benchmark coordinator --preset mlp --workers 1 --workers 16 --transport encrypted
            """)

    enum Transport: String, ExpressibleByArgument, CaseIterable {
        case ipc, tcp, encrypted
    }

    @Option(help: "A ready configuration: \(RunConfiguration.presetNames.joined(separator: ", ")).") var preset: String
    @Option(help: "How many workers, a power of two; may be repeated.") var workers: [Int] = [1, 4, 16, 64]
    @Option(help: "How they are connected: \(Transport.allCases.map(\.rawValue).joined(separator: ", ")).")
    var transport = Transport.ipc
    @Option(help: "How sums travel: float32 or bf16.") var wire = WireFormat.float32
    @Option(help: "How long to measure each.") var seconds = 5.0
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        for count in workers where !(1...256).contains(count) || count & (count - 1) != 0 {
            throw ValidationError("--workers is a power of two up to 256, not \(count)")
        }
        guard seconds > 0, seconds <= 600 else { throw ValidationError("--seconds is from 0 to 600, not \(seconds)") }
    }

    func run() throws {
        var configuration = try ConfigurationSource.preset(preset)
        (configuration.microbatch, configuration.wire) = (1, wire)
        let rows = try workers.map { count in
            configuration.shards = count
            return try CoordinatorRun(configuration, workers: count, transport: transport, seconds: seconds).measure()
        }
        print(json ? try CoordinatorRow.json(rows) : CoordinatorRow.table(rows))
    }
}

extension WireFormat: ExpressibleByArgument {}

/// The other half of the measurement, a process of its own.
struct IdleWorkersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "idle-workers", shouldDisplay: false)

    /// What the key of a worker is called.
    static func name(_ index: Int) -> String { "idle-\(index)" }

    @Option var connect: String
    @Option var count: Int
    @Option var keys: String?

    func run() throws {
        var options = WorkerOptions(connect: connect, threads: 1) { _ in IdleEngine() }
        options.security = .insecure
        options.outlivesCoordinator = false
        let group = DispatchGroup()
        for index in 0..<count {
            if let keys {
                options.security = .keys(try WorkerKeys(folder: KeyFolder(keys).workerPath(Self.name(index))))
            }
            group.enter()
            let thread = Thread { [options] in
                let quiet = Logger(label: "worker") { _ in SwiftLogNoOpLogHandler() }
                _ = try? WorkerProcess(options, log: quiet, interruption: Interruption()).run()
                group.leave()
            }
            thread.start()
        }
        group.wait()
    }
}

/// An engine whose every gradient is the same, and costs nothing.
struct IdleEngine: Engine {
    let numericClass = "float32/idle"

    func compile(_ graph: Graph) throws -> any Executable { IdleExecutable() }

    private final class IdleExecutable: Executable {
        let counters = ExecutionCounters()

        func load(_ memory: any ParameterMemory) {}

        /// A buffer that was filled before is left as it is.
        func run(
            inputs: [Float], noise: NoiseKeys, into outputs: inout MutableSpan<Float>,
            whenReady: (Range<Int>, Span<Float>) -> Void
        ) {
            if outputs[0] != Self.value {
                for index in outputs.indices { outputs[index] = Self.value }
            }
            whenReady(outputs.indices, outputs.span)
        }

        private static let value: Float = 1e-3
    }
}

/// Images that nobody looks at.
struct IdleExamples: ExampleSource {
    let examples: Int
    let channels: Int
    let height: Int
    let width: Int
    let fingerprint = "idle"

    func count(_ split: Split) -> Int { split == .train ? examples : 0 }

    func pixels(of rows: [Int], in split: Split) -> [UInt8] {
        [UInt8](repeating: 0, count: rows.count * pixelsPerExample)
    }
}
