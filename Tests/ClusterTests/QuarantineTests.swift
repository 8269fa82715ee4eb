import Coordination
import Files
import Foundation
import Synchronization
import Testing

@testable import Cluster

@Suite struct QuarantineTests {
    @Test func aQuarantineOutlivesItsCoordinator() throws {
        let directory = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(try QuarantineFile(directory: directory).read() == [:])
        try QuarantineFile(directory: directory).add("worker-2", "worker-2 computed wrongly")
        try QuarantineFile(directory: directory).add("a b", "so did a b")
        #expect(
            try QuarantineFile(directory: directory).read()
                == ["worker-2": "worker-2 computed wrongly", "a b": "so did a b"])
        // As an editor may have written it: nobody is let in again by that.
        try PosixFileSystem().replaceDurably(directory + "/quarantine", Array("w1\twrong\r\nw2\tas well\r\n".utf8))
        #expect(try QuarantineFile(directory: directory).read() == ["w1": "wrong", "w2": "as well"])
    }

    /// Every node is computed by two workers, and the bits stay.
    @Test func auditsChangeNothing() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.audit = 1
        cluster.steps = 40
        // Beside other tests a worker may be late; here it is waited for, since no other could compute what it leaves.
        (cluster.timing.firstDeadline, cluster.timing.shortestDeadline) = (.seconds(120), .seconds(120))
        cluster.timing.shortestFirstDeadline = .seconds(120)
        let recorder = Recorder()
        _ = try cluster.run(workers: 2, reporter: recorder)
        #expect(try cluster.recordedDigests() == cluster.localDigests())
        let together = recorder.steps.drop { $0.workers < 2 }.dropFirst()
        #expect(together.allSatisfy { $0.partials >= 4 }, "\(together.map(\.partials))")
    }

    /// It comes when three sound ones are there, and the run ends a few steps after it is found.
    @Test func aWorkerWhoseMachineFailsIsQuarantinedAndTheBitsStay() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.audit = 1
        cluster.steps = 20_000
        let weary = Mutex<BackgroundWorker?>(nil)
        let interruption = Interruption()
        let stepsLeft = Mutex<Int?>(nil)
        let recorder = Recorder { [cluster] event in
            switch event {
            case .step(let step):
                weary.withLock { worker in
                    guard worker == nil, step.workers == 3 else { return }
                    var broken = cluster
                    broken.engine = WearyInterpreter()
                    worker = BackgroundWorker(broken)
                }
                stepsLeft.withLock { left in
                    guard let count = left else { return }
                    left = count - 1
                    if count == 0 { interruption.request("the test") }
                }
            case .notice(let sentence) where sentence.contains("is quarantined for the rest of this run"):
                stepsLeft.withLock { $0 = 5 }
            default: break
            }
        }
        _ = try cluster.run(workers: 3, reporter: recorder, interruption: interruption)
        let worker = try #require(weary.withLock { $0 })
        #expect(worker.join()?.end == .refused)
        let digests = try cluster.recordedDigests()
        cluster.steps = digests.count
        #expect(try digests == cluster.localDigests())
        #expect(digests.count < 20_000, "nobody was quarantined")
    }
}
