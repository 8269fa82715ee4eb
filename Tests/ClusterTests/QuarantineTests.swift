import Foundation
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
    }

    /// Every node is computed by two workers, and the bits stay.
    @Test func auditsChangeNothing() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.audit = 1
        cluster.steps = 40
        let recorder = Recorder()
        _ = try cluster.run(workers: 2, reporter: recorder)
        #expect(try cluster.recordedDigests() == cluster.localDigests())
        let together = recorder.steps.drop { $0.workers < 2 }.dropFirst()
        #expect(together.allSatisfy { $0.partials >= 4 }, "\(together.map(\.partials))")
    }
}
