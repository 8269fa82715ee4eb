import ArgumentParser
import ConfigurationFiles
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
