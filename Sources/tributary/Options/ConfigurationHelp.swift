import ArgumentParser
import ConfigurationFiles

/// `tributary help configuration`: every key of a configuration file.
struct ConfigurationHelp: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configuration", abstract: "Prints every key of a configuration file.")

    /// The words that ask for it.
    static let words = ["help", "configuration"]

    func run() throws { try output(ConfigurationReference.text, terminator: "") }
}
