import ArgumentParser
import Reports

/// `tributary metrics`: the record of a run for other programs.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Writes what a run measured as a CSV table.",
        discussion: """
            A line for each step (split `train`) and each evaluation (`valid`), as in RUN/metrics.jsonl, also while the run goes on. \
            What a row does not have is empty.

            Examples:
              tributary metrics runs/faces --out metrics.csv
              tributary metrics runs/faces | grep ,valid,
            """)

    @Argument(help: "The run directory.", completion: .directory) var directory: String
    @Option(
        help: "The CSV file to write, or - for the standard output.", completion: .file(extensions: ["csv"]))
    var out = "-"
    @Flag(help: "Replace the file that --out names.") var force = false

    private var table: TextOutput { TextOutput(path: out, format: .table, replaces: force) }

    func validate() throws { try table.validate() }

    func run() throws {
        let view = try RunView(directory)
        try table.write(besides: view.files) { MetricsTable(view.rows).text }
    }
}
