import Coordination
import FaultyNetwork
import Foundation
import Logging
import Messaging
import Synchronization
import Tensors
import Testing
import Training
import TrainingTestSupport

@testable import Cluster

/// A coordinator at work, two honest workers, and the owner of a good key who sends it nonsense on both links.
@Suite(.serialized) struct HostilePeerTests {
    /// It is never expelled here, so that all that it sends is read. The run is at work before it comes, and goes on after it.
    @Test func aKeyedPeerThatSendsNonsenseChangesNothing() throws {
        let bench = try LiveBench(hostileKeys: 1, forgivenOffences: .infinity)
        defer { bench.remove() }
        let begun = bench.steps.wait(for: 1)
        let before = LiveBench.residentBytes
        let report = try bench.attack(messages: FuzzPlan.messages, seed: FuzzPlan.seed)
        let growth = LiveBench.residentBytes - before
        let gone = bench.steps.wait(for: bench.steps.count + 2)
        let outcome = try bench.end()
        print(
            "a hostile peer: \(report.sent) messages; \(bench.counters); memory grew by \(growth >> 20) MiB; "
                + "\(outcome.step) steps meanwhile, and the quiet run's digest after them")
        #expect(report.sent >= FuzzPlan.messages && report.barred == 0)
        if FuzzPlan.isAlone { #expect(growth < 64 << 20) }  // beside other tests they grow, too
        #expect(begun && gone, "no step was committed for 20 minutes")
        #expect(try outcome.digest == bench.quietDigest(step: outcome.step))
    }
}

extension HostilePeerTests {
    @Test func keyedPeersThatSendNonsenseAreExpelledOneByOne() throws {
        let bench = try LiveBench(hostileKeys: 3)
        defer { bench.remove() }
        // A hundred without sense are enough for each key, and most of what it sends is without.
        let report = try bench.attack(messages: 3_000, seed: FuzzPlan.seed &+ 1)
        let outcome = try bench.end()
        print(
            "three hostile keys: \(report.sent) messages; \(bench.counters); keys \(report.keys), barred \(report.barred)"
        )
        #expect(report.keys == 3 && report.barred == 3)
        #expect(try outcome.digest == bench.quietDigest(step: outcome.step))
    }
}

/// The run that is attacked.
private final class LiveBench {
    private let folder: String
    private let address: String
    private let hostile: [WorkerKeys]
    private let coordinator: CoordinatorProcess
    private let interruption = Interruption()
    private let source = RandomExamples(trainingCount: 100, validationCount: 21)
    private let ending = Ending()
    let steps = StepCounter()
    private var workers: [(Interruption, DispatchSemaphore)] = []
    private let doorbell: Doorbell

    struct Report {
        var sent = 0
        var keys = 0
        var barred = 0
    }

    init(hostileKeys: Int, forgivenOffences: Double = 100) throws {
        folder = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        address = "tcp://127.0.0.1:\(LoopbackPort.free())"
        doorbell = try Doorbell()
        try KeyFolder(folder + "/keys").create()
        let honest = try WorkerKeys(folder: folder + "/keys/workers/local")
        hostile = try Self.addKeys(hostileKeys, to: folder + "/keys", honest.coordinator)
        var options = CoordinatorOptions(
            configuration: .tiny, configurationText: "", source: source, directory: folder + "/run", listen: address,
            resume: false, stop: .steps(1_000_000_000), checkpointEvery: .seconds(3_600), engine: Interpreter())
        options.forgivenOffences = forgivenOffences
        options.security = .keys(try CoordinatorKeys(folder: folder + "/keys"))
        coordinator = try CoordinatorProcess(
            options, reporter: steps, log: Self.quiet, interruption: interruption)
        startCoordinator()
        for _ in 0..<2 { startWorker(honest) }
    }

    /// Writes so many workers into the list at once; `keys add` forces each to the disk.
    private static func addKeys(_ count: Int, to folder: String, _ coordinator: PublicKey) throws -> [WorkerKeys] {
        var list = try KeyFolder(folder).allowList()
        let keys = try (0..<count).map {
            WorkerKeys(name: "hostile-\($0)", key: try KeyPair.random(), coordinator: coordinator)
        }
        for one in keys { list.add(one.name, one.key.publicKey) }
        try Data(list.text).write(to: URL(fileURLWithPath: folder + "/allowed-workers"), options: .atomic)
        return keys
    }

    private func startCoordinator() {
        let coordinator = UncheckedBox(value: coordinator)
        Thread { [ending] in ending.put(Result { try coordinator.value.run() }) }.start()
    }

    private func startWorker(_ keys: WorkerKeys) {
        let (interruption, ended) = (Interruption(), DispatchSemaphore(value: 0))
        var options = WorkerOptions(connect: address, threads: 1) { _ in Interpreter() }
        options.security = .keys(keys)
        let log = Self.quiet
        Thread { [options] in
            _ = try? WorkerProcess(options, log: log, interruption: interruption).run()
            ended.signal()
        }.start()
        workers.append((interruption, ended))
    }

    // MARK: - Attacking

    /// Sends so many mutated messages, each key until the coordinator bars it.
    func attack(messages: Int, seed: UInt64) throws -> Report {
        var mutator = Mutator(seed: seed &+ 6)
        var report = Report()
        let context = try Context()
        for keys in hostile where report.sent < messages {
            report.keys += 1
            let link = try Link.connecting(
                to: Endpoint(address), as: (0..<16).map { _ in UInt8.random(in: 1...255, using: &mutator.generator) },
                in: context, security: .client(keys.key, server: keys.coordinator))
            var fence = try welcome(link)
            while let known = fence, report.sent < messages {
                try annoy(link, known, &mutator, &report)
                fence = try welcome(link)
            }
            if fence == nil { report.barred += 1 }
        }
        return report
    }

    /// Says hello and waits for the answer: the run's fence, or nil for one who is barred.
    ///
    /// It is repeated, as workers do: one who is barred hears nothing, and is disconnected when it insists. The answer comes behind everything that was sent before, so nothing is sent to a coordinator that does not listen.
    private func welcome(_ link: borrowing Link) throws -> Fence? {
        let hello = WorkerMessage.hello(
            .init(name: "x", host: "h", process: 1, threads: 1, incarnation: UInt64.random(in: 0 ... .max)))
        var (isSent, fence): (Bool, Fence?) = (false, nil)
        for attempt in 0..<240_000 {
            // Hellos among the nonsense are answered, too: the answer to this one is the last.
            var isQuiet = true
            if !isSent || attempt % 10 == 9 {
                isSent = try link.control.send(Message(Envelope(hello, fence: .outside).encoded)) == .sent
            }
            while let arrival = try Arrival.next(on: link.control) {
                isQuiet = false
                let envelope = try arrival.decoded(CoordinatorMessage.self)
                switch envelope.body {
                case .welcome: fence = envelope.fence
                case .refused(let reason) where reason.contains("made no sense"): return nil
                default: break
                }
            }
            if try link.control.nextConnectionFailure() == .refused { return nil }
            if isQuiet, let fence { return fence }
            try wait(for: link)
        }
        Issue.record("no answer within 20 minutes")
        return nil
    }

    private func wait(for link: borrowing Link) throws {
        _ = try Poller.wait(control: link.control, bulk: link.bulk, doorbell: doorbell, atMost: .milliseconds(5))
    }

    /// Sends a little nonsense, over both links.
    private func annoy(
        _ link: borrowing Link, _ fence: Fence, _ mutator: inout Mutator, _ report: inout Report
    ) throws {
        for _ in 0..<50 {
            let message = Samples.workerMessages.randomElement(using: &mutator.generator)!
            let bytes = mutator.mutated(Envelope(message, fence: fence).encoded, from: 40)
            let isBulk = Int.random(in: 0..<4, using: &mutator.generator) == 0
            let isSent =
                try isBulk
                ? send(bytes, message.payloadBytes, link.bulk) : send(bytes, message.payloadBytes, link.control)
            if isSent { report.sent += 1 } else { try wait(for: link) }
        }
    }

    private func send(_ bytes: [UInt8], _ payload: Int, _ socket: borrowing Socket) throws -> Bool {
        guard try socket.send(Message(bytes), more: payload > 0) == .sent else { return false }
        if payload > 0 { _ = try socket.send(Message([UInt8](repeating: 3, count: payload))) }
        return true
    }

    // MARK: - Afterwards

    func end() throws -> RunOutcome {
        interruption.request("the test")
        let outcome = ending.wait()
        for (interruption, ended) in workers {
            interruption.request("the test")
            ended.wait()
        }
        return try outcome.get()
    }

    /// Only after the end.
    var counters: CoordinatorState.Counters { coordinator.counters }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What a run that nobody disturbs has after that step.
    func quietDigest(step: Int) throws -> String {
        let program = try TrainingProgram(
            .tiny, trainingExamples: source.trainingCount, validationExamples: source.validationCount)
        var trainer = try LocalTrainer(program, engine: Interpreter(), source: source, state: program.initialState())
        try trainer.train(to: step)
        return "\(trainer.state.digest)"
    }

    /// Of this process: coordinator, workers and attackers together.
    static var residentBytes: Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * 4_096
    }

    private static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Hands something to the one thread that uses it from then on.
private struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
}

/// How the coordinator ended, for the thread that waits for it.
private final class Ending: Sendable {
    private let result = Mutex<Result<RunOutcome, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    func put(_ outcome: Result<RunOutcome, any Error>) {
        result.withLock { $0 = outcome }
        done.signal()
    }

    func wait() -> Result<RunOutcome, any Error> {
        done.wait()
        return result.withLock { $0! }
    }
}

/// Counts the steps of a run, for a thread that waits for some.
private final class StepCounter: RunReporter {
    private let condition = NSCondition()
    private let steps = Mutex(0)

    var count: Int { steps.withLock { $0 } }

    func report(_ event: RunEvent) {
        guard case .step = event else { return }
        condition.lock()
        steps.withLock { $0 += 1 }
        condition.broadcast()
        condition.unlock()
    }

    /// Whether so many steps are committed within 20 minutes.
    func wait(for wanted: Int) -> Bool {
        let limit = Date(timeIntervalSinceNow: 1200)
        condition.lock()
        defer { condition.unlock() }
        while count < wanted, condition.wait(until: limit) {}
        return count >= wanted
    }
}
