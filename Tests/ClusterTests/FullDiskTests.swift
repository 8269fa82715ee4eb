import Coordination
import Files
import FilesTestSupport
import Foundation
import Synchronization
import Testing
import Training
import TrainingTestSupport

@testable import Cluster

/// A disk that is full when a row of `metrics.jsonl` is to be written.
@Suite struct FullDiskTests {
    /// In the middle, at the end of an epoch whose pictures are drawn next, and in the last step, which is saved next.
    @Test(arguments: [2, 3, 8], [0, 21])
    func aStepThatCannotBeRecordedEndsTheRunAndIsComputedAnew(fullAt step: Int, validationExamples: Int) throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.source = RandomExamples(trainingCount: 100, validationCount: validationExamples)
        try fill(after: step, cluster)
        let checkpoints = try PosixFileSystem().names(in: cluster.directory + "/checkpoints")
        #expect(checkpoints.count { $0.hasPrefix("step-") } == 1)

        cluster.resume = true
        #expect(try cluster.run(workers: 1).digest == cluster.localDigests().last)
        let text = try String(contentsOfFile: cluster.directory + "/metrics.jsonl", encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.contains("\"train\"") }
        #expect(rows.count == cluster.steps)
    }

    /// Its workers must not think that everything is done.
    @Test func aRunWhoseLastStateCannotBeSavedIsNotFinishedForItsWorkers() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        #expect(try endOfWorkerWithoutRoom(cluster) == .failed)
        cluster.resume = true
        #expect(try cluster.run(workers: 1).digest == cluster.localDigests().last)
    }

    private func endOfWorkerWithoutRoom(_ cluster: TestCluster) throws -> WorkerEnd? {
        var options = cluster.options
        options.files = DiskWithoutRoomForCheckpoint(ofStep: cluster.steps)
        let coordinator = try CoordinatorProcess(options, reporter: Recorder(), log: TestCluster.quiet)
        let worker = BackgroundWorker(cluster)
        #expect(throws: FileError.self) { _ = try coordinator.run() }
        return worker.join()?.end
    }

    private func fill(after step: Int, _ cluster: TestCluster) throws {
        let recorder = Recorder()
        var options = cluster.options
        options.files = FullDisk(besidesSteps: step)
        let coordinator = try CoordinatorProcess(options, reporter: recorder, log: TestCluster.quiet)
        let worker = BackgroundWorker(cluster)
        let error = #expect(throws: FileError.self) { _ = try coordinator.run() }
        worker.join()
        #expect(error?.description.contains("metrics.jsonl") == true)
        #expect(recorder.steps.count == step, "a step is reported once it is recorded")
    }
}

/// A disk on which the checkpoint of one step finds no room.
private struct DiskWithoutRoomForCheckpoint: RealFileSystem {
    let step: Int

    init(ofStep step: Int) { self.step = step }

    func create(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        if path.contains("/step-000000000\(step).h5.") { throw FileError("write \(path)", code: ENOSPC) }
        try real.create(path, bytes)
    }
}

/// A disk that has room for so many steps' rows.
private final class FullDisk: RealFileSystem {
    private let room: Mutex<Int>

    init(besidesSteps room: Int) { self.room = Mutex(room) }

    func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(FileError) {
        if path.hasSuffix("metrics.jsonl"), String(decoding: bytes, as: UTF8.self).contains("\"train\"") {
            let left = room.withLock { room in
                room -= 1
                return room
            }
            if left < 0 { throw FileError("write \(path)", code: ENOSPC) }
        }
        try real.write(bytes, to: path, at: offset)
    }
}
