// simulate: the simulator as a command, which `scripts/simulate` runs.

import ArgumentParser
import Foundation
import Simulator

@main struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Runs clusters under simulated faults and checks every step.",
        discussion: """
            Each seed fixes one run: its workers, its faults and when they strike. A run that went wrong is shown again with
              scripts/simulate --seed S --schedules 1 --story
            """)

    @Option(help: "The first seed.") var seed: UInt64 = 0
    @Option(help: "How many runs, of consecutive seeds.") var schedules = 1_000
    @Flag(help: "Print what happens in each run.") var story = false
    @Option(help: "A mistake to put in, to see it found: \(Sabotage.allCases.map(\.rawValue).joined(separator: ", ")).")
    var sabotage: String?

    func run() async throws {
        if let sabotage, Sabotage(rawValue: sabotage) == nil {
            throw ValidationError("there is no mistake \(sabotage)")
        }
        // Stories are told one after the other.
        let lanes = story ? 1 : ProcessInfo.processInfo.activeProcessorCount
        let verdicts = try await withThrowingTaskGroup(of: [Verdict].self) { group in
            for lane in 0..<lanes { group.addTask { try executed(lane: lane, of: lanes) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var tally = Tally()
        for verdict in verdicts.sorted(by: { $0.seed < $1.seed }) { tally.add(verdict) }
        print(tally)
        if !tally.violations.isEmpty { throw ExitCode(1) }
    }

    /// What comes of every so manyth run.
    private func executed(lane: Int, of lanes: Int) throws -> [Verdict] {
        try stride(from: lane, to: schedules, by: lanes).map { run in
            var simulation = try Simulation(
                Scenario(seed + UInt64(run)), sabotage: sabotage.flatMap(Sabotage.init), tellsStory: story)
            let verdict = simulation.execute()
            for line in simulation.story { print(line) }
            return verdict
        }
    }
}
