import Coordination
import Foundation
import Parallel
import Testing

@testable import Cluster

@Suite struct LocalClusterTests {
    @Test func localWorkersThatTakeAllCoresGetTheirOwn() throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        func cores(workers: Int, threads: Int) -> [[Int]] {
            let local = LocalCluster(cluster.options, workers: workers, threads: threads)
            return (1...workers).map { number in
                local.arguments(ofWorker: number, "ipc://somewhere").compactMap {
                    $0.hasPrefix("--core=") ? Int($0.dropFirst(7)) : nil
                }
            }
        }
        let all = Cores.available
        #expect(cores(workers: all.count, threads: 1) == all.map { [$0] })
        #expect(cores(workers: 1, threads: all.count) == [all])
        #expect(cores(workers: all.count + 1, threads: 1).flatMap { $0 }.isEmpty)
    }

    /// Nobody else finds its socket, so waiting for workers would be in vain.
    ///
    /// A limit on the test's time would count what other tests take; the one on the run's waiting has a sentence of its own.
    @Test func aRunWhoseWorkersHaveAllEndedIsSavedAndEndsAtOnce() throws {
        var cluster = try TestCluster()
        defer { cluster.remove() }
        cluster.timing.abandonment = .seconds(120)
        let local = LocalCluster(cluster.options, workers: 2, threads: 1, executable: "/bin/false")
        let error = #expect(throws: RunAbandoned.self) {
            try local.run(reporter: Recorder(), log: TestCluster.quiet, interruption: Interruption())
        }
        let sentence = "the run is saved at step 0, since all of its workers have ended, for the reasons above"
        #expect(error?.description == sentence + ": go on with the same command and --resume")
        let saved = try FileManager.default.contentsOfDirectory(atPath: cluster.directory + "/checkpoints")
        #expect(saved == ["step-0000000000.h5"])
    }
}
