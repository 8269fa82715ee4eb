import ArgumentParser
import Contract
import Training

/// `tributary preset NAME`: a configuration to copy and change.
struct PresetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preset", abstract: "Prints a preset as YAML, to be copied and changed.",
        discussion: """
            Example:
              tributary preset face-64 > mine.yaml
              tributary train --config mine.yaml --data faces.h5 --out runs/mine
            """)

    @Argument(help: "One of \(RunConfiguration.presetNames.joined(separator: ", ")).") var name: String

    func run() throws {
        try output(YAML.text(ConfigurationSource.preset(name).node), terminator: "")
    }
}

/// Where a configuration comes from.
enum ConfigurationSource {
    static func preset(_ name: String) throws -> RunConfiguration {
        guard let preset = RunConfiguration.preset(name) else {
            throw UsageProblem(
                "there is no preset called \(name): choose one of \(RunConfiguration.presetNames.joined(separator: ", "))"
            )
        }
        return preset
    }

    static func file(_ path: String) throws -> RunConfiguration {
        try RunConfiguration(YAML.read(path), file: path)
    }
}
