// simulate: the simulator as a command, which `scripts/simulate` runs.

import ArgumentParser
import Simulator

@main struct Simulate: ParsableCommand {
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

    func run() throws {
        if let sabotage, Sabotage(rawValue: sabotage) == nil {
            throw ValidationError("there is no mistake \(sabotage)")
        }
        var tally = Tally()
        for seed in seed..<(seed + UInt64(max(0, schedules))) {
            var simulation = try Simulation(
                Scenario(seed), sabotage: sabotage.flatMap(Sabotage.init), tellsStory: story)
            let verdict = simulation.execute()
            for line in simulation.story { print(line) }
            tally.add(verdict)
        }
        print(tally)
        if !tally.violations.isEmpty { throw ExitCode(1) }
    }
}
