import Coordination
import Synchronization
import Testing

@testable import Simulator

/// Whole runs under simulated faults.
@Suite struct ScheduleTests {
    private static let blocks = 8
    private static let runsPerBlock: UInt64 = 250

    /// Of all blocks that have run.
    private static let all = Mutex(Tally())

    @Test(arguments: 0..<blocks) func faultsOfEveryKindChangeNothing(block: Int) throws {
        var tally = Tally()
        for run in 0..<Self.runsPerBlock {
            var simulation = try Simulation(Scenario(UInt64(block) * Self.runsPerBlock + run))
            let verdict = simulation.execute()
            tally.add(verdict)
            Self.all.withLock { $0.add(verdict) }
        }
        #expect(tally.violations.isEmpty, "\(tally)")
        let all = Self.all.withLock { $0 }
        guard all.runs == Self.blocks * Int(Self.runsPerBlock) else { return }  // the rarest kind is one in fifty runs
        for kind in Tally.kinds { #expect(all.faults[kind] ?? 0 > 0, "there was no \(kind)") }
    }

    @Test(arguments: [(1, 8), (2, 8), (3, 8), (5, 8), (3, 2), (1, 1), (7, 16)])
    func anyNumberOfWorkersComputesAsOneThreadDoes(workers: Int, shards: Int) throws {
        var simulation = try Simulation(.quiet(shards: shards, workers: workers), tellsStory: true)
        let verdict = simulation.execute()
        let quiet = try TinyRun.cached(shards: shards).digests.last
        #expect(verdict.violation == nil && verdict.digest == quiet)
        #expect(!simulation.story.contains { $0.contains(" moved ") })
    }

    @Test(
        arguments: [Reduction.scatter, .groups],
        [(2, 8), (3, 8), (5, 8), (4, 4), (7, 16), (20, 64)])
    func workersThatAddForEachOtherComputeAsOneThreadDoes(
        way: Reduction, cluster: (workers: Int, shards: Int)
    ) throws {
        let (workers, shards) = cluster
        var simulation = try Simulation(
            .quiet(shards: shards, workers: workers, reduction: way), tellsStory: true)
        let verdict = simulation.execute()
        let quiet = try TinyRun.cached(shards: shards).digests.last
        #expect(verdict.violation == nil && verdict.digest == quiet, "\(simulation.story)")
        #expect(!simulation.story.contains { $0.contains(" moved ") || $0.contains("once more") })
        #expect(simulation.story.contains { $0.contains("add the gradients") }, "\(simulation.story)")
        #expect(simulation.story.contains { $0.contains(" groups") } == (way == .groups))
    }

    /// Two hosts of two or three, whose workers add before anything leaves a host.
    @Test(arguments: [(4, Scenario.Placement.pairs), (4, .alternating), (6, .alternating)])
    func theWorkersOfAHostAddAmongThemselves(workers: Int, placement: Scenario.Placement) throws {
        var simulation = try Simulation(
            .quiet(shards: 16, workers: workers, reduction: .auto, placement: placement), tellsStory: true)
        let verdict = simulation.execute()
        let quiet = try TinyRun.cached(shards: 16).digests.last
        #expect(verdict.violation == nil && verdict.digest == quiet, "\(simulation.story)")
        #expect(simulation.story.contains { $0.contains("in 2 groups") }, "\(simulation.story)")
        #expect(!simulation.story.contains { $0.contains(" moved ") || $0.contains("once more") })
    }

    @Test func twoQuietWorkersUploadTwoPartialsAStep() throws {
        var simulation = try Simulation(.quiet(shards: 8, workers: 2), tellsStory: true)
        _ = simulation.execute()
        let rounds = simulation.story.filter { $0.contains("partials from 2 workers") }
        #expect(rounds.count >= Scenario.Pace.usual.steps)
        #expect(rounds.dropFirst().allSatisfy { $0.contains(": 2 partials") }, "\(rounds)")
    }

    @Test func aSlowWorkerHoldsNobodyUpForLong() throws {
        var scenario = Scenario.quiet(shards: 8, workers: 2)
        scenario.slowness = 2_000
        var simulation = try Simulation(scenario, tellsStory: true)
        #expect(simulation.execute().violation == nil)
        #expect(simulation.story.contains { $0.contains("moved from w1 to w2 (missed its deadline") })
    }

    @Test func aWorkerThatComputesWronglyIsFoundAndTheRunGoesBack() throws {
        var scenario = Scenario.quiet(shards: 4, workers: 4)
        scenario.audit = 1
        scenario.lie = .computing
        scenario.liarComesAt = .milliseconds(150)
        var simulation = try Simulation(scenario, tellsStory: true)
        #expect(simulation.execute().violation == nil)
        #expect(simulation.story.contains { $0.contains("w4 is quarantined for the rest of this run") })
    }

    @Test(arguments: [Reduction.scatter, .groups], Scenario.Lie.allCases)
    func whoSpoilsASumThatWorkersAddIsFoundByAuditsAlone(way: Reduction, lie: Scenario.Lie) throws {
        var scenario = Scenario.quiet(shards: 8, workers: 2, reduction: way)
        scenario.lie = lie
        scenario.liarComesAt = .milliseconds(150)
        var unaudited = try Simulation(scenario)
        #expect(unaudited.execute().violation?.contains("the digest is") == true)
        scenario.audit = 1
        var audited = try Simulation(scenario, tellsStory: true)
        #expect(audited.execute().violation == nil, "\(audited.story)")
        let found = audited.story.filter { $0.contains("computed and added is not what others compute") }
        // Who computes wrongly is named at once where its second sums are wrong, too.
        #expect(found.count == 1 || lie == .computing, "\(audited.story)")
        #expect(audited.story.contains { $0.contains("is quarantined") } == (lie == .computing), "\(audited.story)")
    }

    @Test func aFaultThatWaitsOnTheDiskDoesNotStrikeTheWitness() throws {
        var simulation = try Simulation(.quiet(shards: 4, workers: 2))
        #expect(simulation.execute().violation == nil)
        for operations in 0..<3 {
            simulation.disk.die(after: operations)
            simulation.witness.ended(simulation.disk)
            #expect(simulation.witness.violation == nil)
            #expect(!simulation.disk.isDead)
        }
    }

    @Test func noFaultStrikesOnceTheFaultsHaveEnded() throws {
        let disk = SimulatedDisk()
        disk.die(after: 0)
        disk.failWrites(1)
        disk.setFull(true)
        disk.heal()
        try disk.create("/run/file", [1, 2, 3])
        #expect(try disk.read("/run/file") == [1, 2, 3])
        #expect(disk.counts.isEmpty)
    }

    @Test func aSeedFixesTheWholeStory() throws {
        for seed in [3, 14, 15] as [UInt64] {
            var first = try Simulation(Scenario(seed), tellsStory: true)
            var second = try Simulation(Scenario(seed), tellsStory: true)
            #expect(first.execute().digest == second.execute().digest)
            #expect(!first.story.isEmpty && Self.anonymous(first.story) == Self.anonymous(second.story))
        }
    }

    /// A story without the run's random identifier.
    private static func anonymous(_ story: [String]) -> [String] {
        story.map { line in
            line.split(separator: " ").filter { $0.count != 32 && !$0.hasSuffix(".tmp:") }.joined(separator: " ")
        }
    }
}
