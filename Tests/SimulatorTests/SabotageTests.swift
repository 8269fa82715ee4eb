import Testing

@testable import Simulator

/// The simulator must find mistakes; each of these is put in on purpose.
@Suite struct SabotageTests {
    private static let mostRuns: UInt64 = 1_200

    @Test(arguments: Sabotage.allCases) func everyMistakeIsFound(sabotage: Sabotage) throws {
        for seed in 0..<Self.mostRuns {
            var simulation = try Simulation(Scenario(seed), sabotage: sabotage)
            if simulation.execute().violation != nil { return }
        }
        Issue.record("\(sabotage) was not found in \(Self.mostRuns) runs")
    }
}
