import FaultyNetwork
import Foundation
import Synchronization
import Testing
import Training

@testable import Cluster
@testable import Coordination

/// What a coordinator shows of itself, and to whom.
@Suite struct SeeingTests {
    private static func overview(
        _ name: String, _ peer: Peer, nodes: [Int] = [], waited: Duration? = nil,
        activity: CoordinatorState.WorkerOverview.Activity = .computing
    ) -> CoordinatorState.WorkerOverview {
        .init(
            peer: peer, name: name, host: "host", process: 1, threads: 1, activity: activity,
            microbatchesPerSecond: nil, nodes: nodes, waited: waited, bytesUnderWay: 0)
    }

    private static func step(_ number: Int) -> StepReport {
        StepReport(
            step: number, epoch: 1, totalSteps: 100, reconstruction: 3, divergence: 4, imagesPerSecond: 32, workers: 2,
            partials: 2, traffic: Traffic())
    }

    // MARK: - Counting

    @Test func whatIsCountedStandsUnderTheNamesOfThoseWhoAreHere() throws {
        let (fast, slow) = (Peer([1]), Peer([2]))
        let overviews = [Self.overview("fast", fast), Self.overview("slow", slow)]
        var ledger = Ledger()
        _ = ledger.workers(overviews, at: .zero)
        for number in 0..<4 {
            ledger.sent(parameters: 100, to: fast)
            ledger.sent(pixels: 7, to: slow)
            ledger.received(50, from: slow)
            ledger.commit((fast, shards: 3, kind: .training), microbatch: 8)
            ledger.commit((slow, shards: 1, kind: .training), microbatch: 8)
            ledger.commit((fast, shards: 9, kind: .evaluation), microbatch: 8)
            ledger.finish(Self.step(number), images: 32)
        }
        let workers = ledger.workers(overviews, at: .seconds(2))
        #expect(workers.map(\.totals.images) == [96, 32])
        #expect(workers.map(\.totals.parameterBytes) == [400, 0])
        #expect(workers.map(\.totals.pixelBytes) == [0, 28])
        #expect(workers.map(\.totals.sumBytes) == [0, 200])
        #expect(workers.map(\.totals.lastInSteps) == [0, 4])
        #expect(workers.map(\.imagesPerSecond) == [48, 16])
        #expect(workers.map(\.share) == [0.75, 0.25])
        #expect(ledger.totals.steps == 4 && ledger.totals.images == 128)
        #expect(ledger.stepSeconds.counts[Ledger.stepBounds.firstIndex(of: 1)!] == 4 && ledger.stepSeconds.sum == 4)
    }

    @Test func ratesLookBackTenSeconds() {
        let peer = Peer([1])
        var ledger = Ledger()
        for second in 0...30 {
            if second > 20 { ledger.commit((peer, shards: 1, kind: .training), microbatch: 10) }
            let rate = ledger.workers([Self.overview("a", peer)], at: .seconds(second))[0].imagesPerSecond
            if second == 20 { #expect(rate == 0) }
            if second == 30 { #expect(rate == 10) }
        }
    }

    @Test func lateLeasesCountAgainstWhoHadThem() {
        var ledger = Ledger()
        ledger.note(.moved(Round(step: 1, kind: .training), node: 2, from: "a", to: "b", reason: "overdue"))
        let workers = ledger.workers([Self.overview("a", Peer([1])), Self.overview("b", Peer([2]))], at: .zero)
        #expect(workers.map(\.totals.lateLeases) == [1, 0] && ledger.totals.lateLeases == 1)
        #expect(ledger.events.map(\.level) == ["warning"])
    }

    @Test func theLastEventsStay() {
        var ledger = Ledger()
        for number in 0..<50 { ledger.note("\(number)", level: "info") }
        #expect(ledger.events.map(\.message) == (30..<50).map(String.init))
    }

    @Test func aRoundSaysWhatItWaitsFor() {
        let round = Round(step: 11, kind: .training)
        var ledger = Ledger()
        func waiting(_ overviews: [CoordinatorState.WorkerOverview], _ round: Round?) -> String? {
            ClusterStatus.waiting(round, ledger.workers(overviews, at: .zero))
        }
        let done = Self.overview("a", Peer([1]), activity: .waiting)
        let slow = Self.overview("b", Peer([2]), nodes: [3], waited: .milliseconds(1_240))
        let other = Self.overview("c", Peer([3]), nodes: [5], waited: .milliseconds(40))
        #expect(waiting([done, slow], round) == "step 12 waits for b, for 1.2 s")
        #expect(waiting([done, slow, other], round) == "step 12 waits for b and 1 other, for 1.2 s")
        #expect(waiting([done], round) == nil && waiting([slow], nil) == nil)
        #expect(
            waiting([Self.overview("d", Peer([4]), activity: .preparing)], round)
                == "step 12 waits for a worker that is ready: there is none")
    }

    @Test func aStatusComesBackAsItWasAlsoWithNumbersThatAreNone() throws {
        var status = ClusterStatus(
            time: "t", run: "r", step: 1, totalSteps: 2, epoch: 1, totalEpochs: 1, globalBatch: 4, imagesPerSecond: 5,
            workers: [], totals: .init(), stepSeconds: .init(bounds: [1, 2]), events: [])
        status.training = .init(step: 1, reconstruction: .infinity, divergence: -.infinity)
        let bytes = try status.encoded()
        #expect(try ClusterStatus(encoded: bytes) == status)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""total_steps":2"#))
        #expect(throws: UnreadableStatus.self) { try ClusterStatus(encoded: Array("{}".utf8)) }
    }

    // MARK: - Asking

    /// Runs a cluster until the body is over.
    private static func running(
        _ cluster: TestCluster, workers: Int, _ body: (CoordinatorOptions) throws -> Void
    ) throws -> RunOutcome {
        let options = cluster.options
        let interruption = Interruption()
        let coordinator = try CoordinatorProcess(
            options, reporter: Recorder(), log: TestCluster.quiet, interruption: interruption)
        let outcome = Mutex<Result<RunOutcome, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let box = UncheckedBox(coordinator)
        Thread {
            let result = Result { try box.value.run() }
            outcome.withLock { $0 = result }
            done.signal()
        }.start()
        let group = (0..<workers).map { _ in BackgroundWorker(cluster) }
        let result = Result { try body(options) }
        interruption.request("the test")
        done.wait()
        for worker in group {
            worker.interrupt()
            worker.join()
        }
        try result.get()
        return try #require(try outcome.withLock { try $0?.get() })
    }

    /// The coordinator goes to its thread and nobody else has it any more.
    private struct UncheckedBox: @unchecked Sendable {
        let value: CoordinatorProcess
        init(_ value: CoordinatorProcess) { self.value = value }
    }

    @Test(arguments: [false, true])
    func whoeverMayJoinMayAskAndDoesNotJoin(overTCP: Bool) throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        if overTCP { cluster.port = LoopbackPort.free() }
        cluster.steps = 1_000_000
        _ = try Self.running(cluster, workers: 2) { options in
            let question = try StatusQuestion(options.listen, security: overTCP ? .insecure : .none)
            let status = try Self.waiting("both workers with images and parameters") {
                try Self.answer(question).flatMap { status -> ClusterStatus? in
                    let haveAll = status.workers.allSatisfy { $0.totals.images > 0 && $0.totals.parameterBytes > 0 }
                    return status.totals.steps > 0 && status.workers.count == 2 && haveAll ? status : nil
                }
            }
            #expect(status.totalSteps == 1_000_000)
            // An answer is there a moment before the file is.
            let written = try Self.waiting("a file that is as new as the answer") {
                try Lookout.status(in: options.directory).flatMap { $0.step >= status.step ? $0 : nil }
            }
            #expect(written.run == status.run)
        }
        #expect(!FileManager.default.fileExists(atPath: Lookout.path(in: cluster.directory)))
    }

    /// Waits until something is there, 20 minutes at most.
    private static func waiting<Value>(_ what: String, _ found: () throws -> Value?) throws -> Value {
        let limit = ContinuousClock.now + .seconds(1200)
        while true {
            if let value = try found() { return value }
            try #require(ContinuousClock.now < limit, "there is not: \(what)")
            usleep(5_000)
        }
    }

    /// The answer; nil where a coordinator with much beside it gave none in time.
    private static func answer(_ question: StatusQuestion) throws -> ClusterStatus? {
        do {
            return try question.ask()
        } catch let error as StatusUnanswered where error.description.contains("nobody answered") {
            return nil
        }
    }

    @Test func nobodyThereIsASentence() throws {
        let address = "tcp://127.0.0.1:\(LoopbackPort.free())"
        let question = try StatusQuestion(address, security: .insecure)
        #expect {
            try question.ask()
        } throws: {
            "\($0)" == "the coordinator at \(address) said nothing of its run: nobody answered within 10.0 seconds"
        }
    }

    // MARK: - Traces

    @Test func theQuickestOfTheLastAnswersTellsHowFarClocksAreApart() {
        var clock = HostClock()
        #expect(clock.best == nil)
        clock.note(asked: .seconds(1), answered: .milliseconds(11_002), heard: .milliseconds(1_004))
        #expect(clock.best == .init(ahead: .seconds(10), error: .milliseconds(2)))
        // It took its time on the way back.
        clock.note(asked: .seconds(2), answered: .milliseconds(12_001), heard: .milliseconds(2_100))
        #expect(clock.best == .init(ahead: .seconds(10), error: .milliseconds(2)))
        for _ in 0..<16 {
            clock.note(asked: .seconds(3), answered: .milliseconds(13_004), heard: .milliseconds(3_008))
        }
        #expect(clock.best?.error == .milliseconds(4))
    }

    @Test func nothingIsNotedUntilSomebodyAsks() {
        let recorder = SpanRecorder(MonotonicClock())
        #expect(recorder.beginning == nil)
        recorder.note(.computing, since: recorder.beginning, lane: 1, step: 0)
        #expect(recorder.take(asked: .seconds(3)).spans.isEmpty)
        for _ in 0..<5_000 { recorder.note(.computing, since: recorder.beginning, lane: 1, step: 4, shard: 2) }
        let told = recorder.take(asked: .seconds(4))
        #expect(told.asked == .seconds(4) && told.spans.count == WorkSpans.limit)
        #expect(
            told.spans.allSatisfy {
                $0.kind == .computing && $0.step == 4 && $0.shard == 2 && $0.start <= told.answered
            })
        #expect(recorder.take(asked: .seconds(5)).spans.isEmpty)
    }

    /// A file of the trace format, as far as it is used here.
    private struct File: Decodable {
        struct Event: Decodable {
            struct Arguments: Decodable {
                let name: String?
                let step: Int?
            }
            let name: String
            let ph: String
            let ts: Double?
            let dur: Double?
            let pid: Int
            let tid: Int
            let args: Arguments
        }
        let traceEvents: [Event]
    }

    /// No pixel comes before both workers are in and have been asked for their spans, which happens four times a second: else one worker
    /// might be through before the other comes.
    @Test func aTraceHasTheSpansOfAllHostsAndChangesNoBit() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.steps = 1_000_000
        cluster.timing = .patient
        let source = HeldExamples()
        cluster.source = source
        let bytes = Mutex<[UInt8]>([])
        let trace = StepTrace(steps: 2_000) { written in bytes.withLock { $0 = written } }
        var options = cluster.options
        options.trace = trace
        let interruption = Interruption()
        let begun = Mutex((joined: 0, seconds: 0))
        let recorder = Recorder { event in
            if !trace.isOpen { interruption.request("enough") }
            let isTime = begun.withLock { begun in
                if case .workerJoined = event { begun.joined += 1 }
                if case .alive = event, begun.joined >= 2 { begun.seconds += 1 }
                return begun.seconds == 3
            }
            if isTime, !source.wasReleased { source.release() }
        }
        let coordinator = try CoordinatorProcess(
            options, reporter: recorder, log: TestCluster.quiet, interruption: interruption)
        let workers = (0..<2).map { _ in BackgroundWorker(cluster) }
        let outcome = try coordinator.run()
        for worker in workers {
            worker.interrupt()
            worker.join()
        }
        trace.finish()
        let file = try JSONDecoder().decode(File.self, from: Data(bytes.withLock { $0 }))
        let spans = file.traceEvents.filter { $0.ph == "X" }
        #expect(spans.allSatisfy { $0.ts != nil && ($0.dur ?? -1) >= 0 && ($0.args.step ?? 0) > 0 })
        #expect(spans.count { $0.name == "step" || $0.name == "evaluation" } == 2_000)
        let coordinators = Set(spans.filter { $0.pid == 0 }.map(\.name))
        #expect(
            coordinators.isSuperset(of: ["step", "evaluation", "last fold and norm", "update and store parameters"]))
        for process in [1, 2] {
            let names = Set(spans.filter { $0.pid == process }.map(\.name))
            #expect(names.isSuperset(of: ["compute a leaf", "wait for parameters", "take pixels in"]), "\(names)")
        }
        let named = Set(file.traceEvents.filter { $0.name == "thread_name" }.map { "\($0.pid) \($0.tid)" })
        #expect(Set(spans.map { "\($0.pid) \($0.tid)" }).isSubset(of: named))
        expectNesting(spans)
        cluster.steps = outcome.step
        #expect(try outcome.digest == cluster.localDigests().last)
    }

    /// Spans of one thread lie within or beside each other, or no program can draw them.
    private func expectNesting(_ spans: [File.Event]) {
        for lane in Dictionary(grouping: spans, by: { "\($0.pid) \($0.tid)" }).values {
            var open: [(end: Double, name: String)] = []
            for span in lane.sorted(by: { ($0.ts!, -$0.dur!) < ($1.ts!, -$1.dur!) }) {
                while let last = open.last, last.end <= span.ts! + 1 { open.removeLast() }
                if let last = open.last {
                    #expect(span.ts! + span.dur! <= last.end + 2, "\(span) begins in \(last) and ends after it")
                }
                open.append((span.ts! + span.dur!, span.name))
            }
        }
    }
}
