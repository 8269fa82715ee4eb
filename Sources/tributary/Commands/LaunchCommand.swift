import ArgumentParser

/// `tributary launch …`: a coordinator and workers on the machines that somebody has.
struct LaunchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch", abstract: "Starts a coordinator and workers across machines.",
        discussion: """
            Everything behind -- is what `tributary coordinator` is told, but for where it listens and its keys:
              tributary launch ssh hosts -- --preset face-64 --data faces.h5 \\
                --out runs/faces
            """,
        subcommands: [LaunchSSH.self, LaunchSlurm.self])
}

/// What stands behind `--`.
struct LaunchedRun: ParsableArguments {
    @Argument(
        parsing: .postTerminator,
        help: "Behind --: what the coordinator is told, such as -- --preset face-64 --data faces.h5 --out runs/faces.")
    var run: [String] = []

    /// What the launcher itself tells the coordinator.
    private static let own = ["--listen", "--keys", "--insecure"]

    func validate() throws {
        guard !run.isEmpty else {
            throw ValidationError(
                "say behind -- what to train: -- --preset face-64 --data faces.h5 --out runs/faces, for example")
        }
        let names = run.map { $0.prefix { $0 != "=" } }
        if let word = Self.own.first(where: { names.contains(Substring($0)) }) {
            throw ValidationError("\(word) is launch's to say: leave it out behind --")
        }
    }

    /// The coordinator's command, so that what is wrong with it is known before anything starts.
    ///
    /// - Throws: What the parser throws, with the coordinator's usage.
    func coordinator(listen: String, keys: String) throws -> Coordinate {
        let words = ["coordinator", "--listen", listen, "--keys", keys] + run
        let command = try Arguments(words).command()
        guard let coordinator = command as? Coordinate else {
            preconditionFailure("a coordinator's words gave \(type(of: command))")
        }
        return coordinator
    }
}
