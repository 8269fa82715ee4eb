import Contract
import Coordination
import Testing

@Suite struct SimulationTests {
    /// Twelve steps, with an evaluation before every third.
    static let rounds = (0..<12).flatMap { step in
        (step % 3 == 0 ? [Round(step: step, kind: .evaluation)] : []) + [Round(step: step, kind: .training)]
    }

    private func run(_ schedule: Schedule, shards: Int = 8) -> (sums: [[Int]]?, simulation: Simulation) {
        var simulation = Simulation(schedule, contract: Samples.contract(shards: shards), rounds: Self.rounds)
        let sums = simulation.run()
        return (sums, simulation)
    }

    @Test(arguments: [(1, 8), (2, 8), (3, 8), (5, 8), (3, 2), (1, 1), (7, 16)])
    func anyNumberOfWorkersSumsAsOneLoopDoes(workers: Int, shards: Int) {
        let expected = Arithmetic.quietRun(Samples.contract(shards: shards), rounds: Self.rounds)
        let (sums, simulation) = run(Schedule(seed: 1, workers: workers), shards: shards)
        #expect(sums == expected)
        #expect(!simulation.notices.contains { $0.contains("moved") })
    }

    @Test func twoQuietWorkersOfOneKindUploadTwoPartialsARound() {
        let (_, simulation) = run(Schedule(seed: 4, workers: 2, threads: 2...2))
        #expect(Set(simulation.partialCounts.dropFirst()) == [2])
    }

    @Test(arguments: 0..<60)
    func lossKillsFreezesAndJoinsChangeNothing(seed: Int) {
        let expected = Arithmetic.quietRun(Samples.contract(), rounds: Self.rounds)
        let schedule = Schedule(
            seed: UInt64(seed), workers: 1 + seed % 3, loss: [0, 0.02, 0.2][seed % 3], mishaps: 0.3,
            coordinatorDies: seed % 2 == 1, calmAt: .seconds(120))
        let (sums, simulation) = run(schedule)
        #expect(sums == expected, "seed \(seed)")
        #expect(!simulation.notices.contains { $0.contains("MISMATCH") }, "seed \(seed)")
    }

    @Test func aSlowWorkerHoldsNobodyUpForLong() {
        let expected = Arithmetic.quietRun(Samples.contract(), rounds: Self.rounds)
        let (sums, simulation) = run(Schedule(seed: 3, workers: 2, threads: 1...1, slowness: 2_000))
        #expect(sums == expected)
        #expect(simulation.notices.contains { $0.contains("moved from worker-1 to worker-2 (missed its deadline") })
    }

    @Test func theSchedulesDoWhatTheyAreFor() {
        var notices: [String] = []
        for seed in 0..<12 {
            notices +=
                run(
                    Schedule(
                        seed: UInt64(seed), workers: 3, loss: 0.02, mishaps: 0.5, coordinatorDies: seed % 2 == 0,
                        calmAt: .seconds(120))
                ).simulation.notices
        }
        for sign in ["silent for", "missed its deadline", "(left;", " moved from ", "waiting for workers"] {
            #expect(notices.contains { $0.contains(sign) }, "no schedule showed \"\(sign)\"")
        }
    }
}
