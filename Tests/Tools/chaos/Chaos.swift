// chaos: what scripts/chaos breaks real processes with.

import ArgumentParser

/// What `scripts/chaos` and `scripts/test` break real processes with; not installed.
@main
struct Chaos: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Breaks real processes on purpose, and checks that no bit of the result changes.",
        subcommands: [RunCommand.self, KillSavesCommand.self, SaveCommand.self])
}
