import Contract
import Coordination
import FaultyNetwork
import Foundation
import Messaging
import Synchronization
import Tensors
import Testing
import Training
import TrainingTestSupport

@testable import Cluster

/// Coordinators and workers in one process, over real sockets.
@Suite struct InProcessTests {
    @Test(arguments: [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)])
    func anyClusterEqualsOneThreadBitForBit(workers: Int, threads: Int) throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let outcome = try cluster.run(workers: workers, threads: threads)
        let local = try cluster.localDigests()
        #expect(outcome.reason == .completed)
        #expect(outcome.step == 9)
        #expect(outcome.digest == local.last)
        #expect(try cluster.recordedDigests() == local)
    }

    @Test func theLinearModelToo() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.configuration = .tinyLinear
        #expect(try cluster.run(workers: 2).digest == cluster.localDigests().last)
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 1), (1, 2)])
    func sumsInBfloat16AreOfOneDigestTooAndAnother(workers: Int, threads: Int) throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        let float32 = try cluster.localDigests()
        cluster.configuration.wire = .bfloat16
        let bfloat16 = try cluster.localDigests()
        #expect(bfloat16 != float32)
        #expect(try cluster.run(workers: workers, threads: threads).digest == bfloat16.last)
        #expect(try cluster.recordedDigests() == bfloat16)
    }

    /// The floor of a synchronous step: each worker is sent the parameters once and sends one gradient, in whole chunks, over TCP
    /// and through memory alike.
    @Test(arguments: WireFormat.allCases, [false, true])
    func aStepMovesOneGradientAndOneSetOfParametersForEachWorker(wire: WireFormat, overTCP: Bool) throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        if overTCP { cluster.port = LoopbackPort.free() }
        cluster.steps = 1_000_000
        cluster.configuration.wire = wire
        let steps = try cluster.steps(with: 2, count: 30)
        let program = try TrainingProgram(cluster.configuration, trainingExamples: 100, validationExamples: 21)
        let parameters = 4 * (program.layout.parameters.count + program.layout.statistics.count)
        #expect(steps.allSatisfy { $0.traffic.partialBytes == 2 * program.partialFormat.bytes })
        #expect(steps.allSatisfy { $0.traffic.partialMessages == 2 })
        // A step after an evaluation finds its parameters there already.
        let sent = Set(steps.map(\.traffic.parameterBytes))
        #expect(sent.isSubset(of: [0, 2 * parameters]))
        #expect(steps.count { $0.traffic.parameterBytes == 0 } <= steps.count / 2)
        #expect(Set(steps.map(\.traffic.parameterMessages)).isSubset(of: [0, 2]))
        let gradient = wire == .float32 ? 4 : 2
        #expect(program.partialFormat.bytes <= gradient * (program.layout.parameters.count + 1) + 4 * 8)
    }

    @Test func twoWorkersUploadTwoPartialsAStep() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.steps = 1_000_000
        let both = try cluster.steps(with: 2, count: 30)
        #expect(both.count >= 29)
        #expect(both.allSatisfy { $0.partials == 2 })
    }

    @Test func evaluatesAfterEachEpochAsOneThreadDoes() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.steps = 13
        let recorder = Recorder()
        _ = try cluster.run(workers: 3, reporter: recorder)
        let program = try TrainingProgram(cluster.configuration, trainingExamples: 100, validationExamples: 21)
        var trainer = try LocalTrainer(
            program, engine: cluster.engine, source: cluster.source, state: program.initialState())
        try trainer.train(to: 13)
        #expect(recorder.evaluations.map(\.epoch) == trainer.history.valid.map(\.epoch))
        #expect(recorder.evaluations.map(\.negativeELBO) == trainer.history.valid.map(\.negativeELBO))
        #expect(recorder.evaluations.count == 3)
    }

    @Test func aWorkerThatLeavesAndOneThatJoinsChangeNothing() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.steps = 60
        let first = Mutex<BackgroundWorker?>(nil)
        let later = Mutex<BackgroundWorker?>(nil)
        let copy = cluster
        let recorder = Recorder { event in
            guard case .step(let step) = event else { return }
            if step.step == 20 { later.withLock { $0 = BackgroundWorker(copy) } }
            if step.step == 30 { first.withLock { $0?.interrupt() } }
        }
        first.withLock { $0 = BackgroundWorker(copy) }
        let outcome = try cluster.run(workers: 1, reporter: recorder)
        #expect(outcome.digest == (try cluster.localDigests().last))
        #expect(first.withLock { $0 }?.join()?.end == .left)
        later.withLock { $0 }?.interrupt()
        #expect(later.withLock { $0 }?.join()?.end != .failed)
    }

    @Test func anInterruptedRunGoesOnWhereItStopped() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        let interruption = Interruption()
        let recorder = Recorder { event in
            if case .step(let step) = event, step.step == 4 { interruption.request("the test") }
        }
        let stopped = try cluster.run(workers: 2, reporter: recorder, interruption: interruption)
        #expect(stopped.reason == .interrupted("the test"))
        #expect((5..<9).contains(stopped.step))
        cluster.resume = true
        let outcome = try cluster.run(workers: 3)
        #expect(outcome.reason == .completed)
        #expect(try cluster.recordedDigests() == cluster.localDigests())
        let rows = try String(contentsOfFile: cluster.directory + "/metrics.jsonl", encoding: .utf8)
            .split(separator: "\n").compactMap { MetricsRow(line: $0) }
        #expect(rows.filter { $0.split == .train }.map(\.step) == Array(1...9))
    }

    @Test func workersOfAnInterruptedRunWorkForTheNextCoordinator() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        let worker = BackgroundWorker(cluster)
        let interruption = Interruption()
        let recorder = Recorder { event in
            if case .step(let step) = event, step.step == 4 { interruption.request("the test") }
        }
        cluster.timing.abandonment = .seconds(60)
        _ = try cluster.run(workers: 0, reporter: recorder, interruption: interruption)
        cluster.resume = true
        #expect(try cluster.run(workers: 0).digest == cluster.localDigests().last)
        #expect(worker.join()?.end == .finished)
    }

    @Test func aRunThatNobodyComputesIsSavedAndSaysSo() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.timing.abandonment = .milliseconds(100)
        let error = #expect(throws: RunAbandoned.self) { try cluster.run(workers: 0) }
        #expect(error?.description.hasPrefix("the run is saved at step 0, since no worker has been connected") == true)
        cluster.timing.abandonment = .seconds(60)
        cluster.resume = true
        #expect(try cluster.run(workers: 1).digest == cluster.localDigests().last)
    }

    @Test func dataThatCannotBeReadEndsTheRunWithTheReason() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.source = FailingExamples(after: 2)  // pictures' originals, and one request
        let error = #expect(throws: FailingExamples.Gone.self) { try cluster.run(workers: 1) }
        #expect(error?.description == "data.h5 cannot be read any more")
        cluster.source = RandomExamples(trainingCount: 100, validationCount: 21)
        cluster.resume = true
        #expect(try cluster.run(workers: 1).digest == cluster.localDigests().last)
    }

    /// A disk that does not answer, or a file that is slow to unpack. That it is said at all shows that the coordinator went on
    /// for longer than its silence would have been borne.
    @Test func readingThatTakesLongSilencesNobodyAndIsSaid() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        let source = HeldExamples()
        cluster.source = source
        cluster.timing.stall = .seconds(1)
        let recorder = Recorder { event in
            if case .notice(let sentence) = event, sentence.hasPrefix("workers wait for pixels: ") { source.release() }
        }
        let outcome = try cluster.run(workers: 2, reporter: recorder)
        #expect(source.wasReleased)
        let left = recorder.all.compactMap { if case .workerLeft(_, let reason) = $0 { reason } else { nil } }
        #expect(left == [])
        #expect(outcome.digest == (try cluster.localDigests().last))
    }

    @Test func aRunThatIsInterruptedWhileItReadsEnds() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        let source = HeldExamples()
        cluster.source = source
        let interruption = Interruption()
        let recorder = Recorder { event in
            if case .workerJoined = event { interruption.request("the test") }
        }
        let outcome = try cluster.run(workers: 1, reporter: recorder, interruption: interruption)
        #expect(outcome.reason == .interrupted("the test"))
        #expect(!source.wasReleased)
        source.release()
    }

    @Test func aRunGoesOnWithoutItsPictures() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.steps = 13
        let samples = cluster.directory + "/samples"
        let recorder = Recorder { event in
            guard case .started = event else { return }
            try? FileManager.default.removeItem(atPath: samples)
            _ = FileManager.default.createFile(atPath: samples, contents: nil)
        }
        #expect(try cluster.run(workers: 1, reporter: recorder).digest == cluster.localDigests().last)
        let notices = recorder.all.compactMap { if case .notice(let sentence) = $0 { sentence } else { nil } }
        #expect(notices.contains { $0.hasPrefix("no pictures of epoch ") && $0.contains(samples) })
    }

    @Test func aWorkerSaysThatNobodyAnswers() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.timing.patience = .milliseconds(200)
        let outcome = BackgroundWorker(cluster).join()
        #expect(outcome?.end == .failed)
        #expect(outcome?.sentence.hasPrefix("no coordinator answered at ipc://") == true)
    }

    @Test func aWorkerWithAnotherEngineIsRefused() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let interruption = Interruption()
        var foreign = cluster
        foreign.engine = RenamedInterpreter()
        let copy = foreign
        let worker = Mutex<BackgroundWorker?>(nil)
        let recorder = Recorder { event in
            // Not sooner: on a machine with much to do a worker might give up before there is a coordinator.
            if case .started = event { worker.withLock { $0 = BackgroundWorker(copy) } }
            if case .workerLeft = event { interruption.request("the test") }
        }
        _ = try cluster.run(workers: 0, reporter: recorder, interruption: interruption)
        let outcome = worker.withLock { $0 }?.join()
        #expect(outcome?.end == .refused)
        #expect(outcome?.sentence.contains("and this worker has another") == true)
    }

    @Test func aRunDirectoryInUseOrNotEmptyIsRefused() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        _ = try cluster.run(workers: 1)
        let error = #expect(throws: DirectoryNotEmpty.self) { try cluster.run(workers: 1) }
        #expect(error?.description.contains("--resume") == true)
    }

    @Test func aSecondCoordinatorOfARunLeavesTheFirstOnesSocketsAlone() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let first = try CoordinatorProcess(
            cluster.options, reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        var options = cluster.options
        options.resume = true
        let error = #expect(throws: (any Error).self) {
            _ = try CoordinatorProcess(
                options, reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        }
        #expect(error.map { "\($0)" }?.contains("is in use by process") == true)
        #expect(FileManager.default.fileExists(atPath: cluster.folder + "/socket"))
        #expect(FileManager.default.fileExists(atPath: cluster.folder + "/socket-bulk"))
        withExtendedLifetime(first) {}
    }

    @Test func aCoordinatorOfAnotherRunDoesNotTakeAnAddressOver() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let first = try CoordinatorProcess(
            cluster.options, reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        var options = cluster.options
        options.directory = cluster.folder + "/other"
        let error = #expect(throws: MessagingError.self) {
            _ = try CoordinatorProcess(
                options, reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        }
        #expect(error?.description.hasPrefix("address in use: another process listens on ipc://") == true)
        #expect(!FileManager.default.fileExists(atPath: options.directory), "nothing is written")
        withExtendedLifetime(first) {}
    }

    /// As the newest checkpoint it would stop every further attempt, though an older one is good.
    @Test func aStateThatContradictsTheDigestsIsNotSaved() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        (cluster.steps, cluster.digestEvery) = (3, nil)
        _ = try cluster.run(workers: 1)
        let checkpoints = cluster.directory + "/checkpoints"
        try FileManager.default.removeItem(atPath: checkpoints + "/step-0000000003.h5")
        let digests = cluster.directory + "/digests.jsonl"
        let text = try String(contentsOfFile: digests, encoding: .utf8)
        try text.replacing(#"{"step":3,"digest":""#, with: #"{"step":3,"digest":"0"#)
            .write(toFile: digests, atomically: true, encoding: .utf8)
        cluster.resume = true
        #expect(throws: (any Error).self) { try cluster.run(workers: 1) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints) == ["step-0000000000.h5"])
    }

    /// libzmq would replace any file by its socket.
    @Test func aFileThatIsNoSocketIsNotListenedOn() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        try "precious".write(toFile: cluster.folder + "/socket", atomically: true, encoding: .utf8)
        let error = #expect(throws: MessagingError.self) { try cluster.run(workers: 0) }
        #expect(error?.description.contains("/socket exists and is not a socket") == true)
        #expect(try String(contentsOfFile: cluster.folder + "/socket", encoding: .utf8) == "precious")
    }

    /// Who asks for an engine must not be given another one's bits.
    @Test func aRunGoesOnWithItsOwnEngineUnlessAnotherIsAskedFor() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.steps = 1
        _ = try cluster.run(workers: 1)
        var options = cluster.options
        options.resume = true
        options.engine = RenamedInterpreter()
        _ = try RunOpening(options)
        options.requiresEngine = true
        let error = #expect(throws: ContractConflict.self) { _ = try RunOpening(options) }
        #expect(error?.description.contains("\"another\" here and") == true)
    }

    @Test func anotherContractIsRefusedWithBothValues() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        _ = try cluster.run(workers: 1)
        cluster.resume = true
        cluster.configuration.microbatch = 4
        let error = #expect(throws: ContractConflict.self) { try cluster.run(workers: 1) }
        #expect(error?.description.contains("microbatch is 4 here and 3 in the run") == true)
    }

    @Test func aPortInUseIsOneSentence() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let endpoint = "tcp://127.0.0.1:\(LoopbackPort.free())"
        var options = cluster.options
        options.listen = endpoint
        options.security = .insecure
        let first = try CoordinatorProcess(
            options, reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        options.directory += "-2"
        let error = #expect(throws: MessagingError.self) {
            _ = try CoordinatorProcess(
                options, reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        }
        #expect(error?.description.hasPrefix("port in use: \(endpoint)") == true)
        withExtendedLifetime(first) {}
    }
}
