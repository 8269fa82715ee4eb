import Foundation
import Testing
import Training
import TrainingTestSupport

@testable import Cluster

/// Runs of objectives that read labels are of one digest on any cluster, and through any interruption.
@Suite struct LabelTests {
    private static func cluster(_ index: Int) throws -> TestCluster {
        var cluster = try TestCluster()
        cluster.configuration = RunConfiguration.tinyLabelled[index]
        cluster.source = LabelledExampleSource()
        cluster.steps = 12
        return cluster
    }

    @Test(arguments: RunConfiguration.tinyLabelled.indices, [1, 2, 3])
    func anyClusterEqualsOneThreadBitForBit(index: Int, workers: Int) throws {
        let cluster = try Self.cluster(index)
        defer { cluster.remove() }
        let local = try cluster.localDigests()
        #expect(try cluster.run(workers: workers).digest == local.last)
        #expect(try cluster.recordedDigests() == local)
        let rows = try String(contentsOfFile: cluster.directory + "/metrics.jsonl", encoding: .utf8)
            .split(separator: "\n").compactMap { MetricsRow(line: $0) }
        let accuracies = rows.filter { $0.split == .valid }.map { row in
            row.others.first { $0.name == "accuracy" }?.value
        }
        #expect(accuracies.count == 3 && accuracies.allSatisfy { index == 0 ? $0 == nil : $0 != nil })
    }

    @Test(arguments: RunConfiguration.tinyLabelled.indices)
    func anInterruptedRunGoesOnWhereItStopped(index: Int) throws {
        var cluster = try Self.cluster(index)
        defer { cluster.remove() }
        for stop in [4, 8] {
            let interruption = Interruption()
            let recorder = Recorder { event in
                if case .step(let step) = event, step.step == stop { interruption.request("the test") }
            }
            _ = try cluster.run(workers: 2, reporter: recorder, interruption: interruption)
            cluster.resume = true
        }
        #expect(try cluster.run(workers: 3).reason == .completed)
        #expect(try cluster.recordedDigests() == cluster.localDigests())
    }
}
