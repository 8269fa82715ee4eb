import ArgumentParser

/// Wrong usage of a command that is known, so that its usage is shown and not the whole program's.
struct Misuse: Error {
    let command: any ParsableCommand.Type
    let error: any Error

    /// What the parser would print, had it found out itself.
    var text: String {
        let path = Arguments.path(of: command)
        return """
            Error: \(Tributary.message(for: error))
            Usage: \(Tributary.usageString(for: command))
              See '\(path) --help' for more information.
            """
    }
}
