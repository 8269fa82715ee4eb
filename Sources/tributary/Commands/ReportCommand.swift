import ArgumentParser
import ConfigurationFiles
import Contract
import Files
import Reports
import Training

/// `tributary report`: a run as one page that can be passed on.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes one HTML page about a run, with its curves and pictures inside.",
        discussion: """
            The page needs nothing beside it and no network: what the run came to, its curves, reconstructions and samples over time, \
            its configuration, and its contract and digest with the commands that compute it again.

            Example:
              tributary report runs/faces --out report.html
            """)

    @Argument(help: "The run directory.", completion: .directory) var directory: String
    @Option(
        help: "The HTML file to write, or - for the standard output.", completion: .file(extensions: ["html", "htm"]))
    var out: String
    @Flag(help: "Replace the file that --out names.") var force = false

    private var page: TextOutput { TextOutput(path: out, format: .page, replaces: force) }

    func validate() throws { try page.validate() }

    func run() throws {
        let view = try RunView(directory)
        try page.write(besides: view.files) { try report(view).html }
    }

    private func report(_ view: RunView) throws -> RunReport {
        let checkpoint = try CheckpointCommand.read(directory)
        let plan = try checkpoint.contract.plan()
        let pictures = try ["reconstructions", "samples"].map { kind in
            (
                title: Self.title(of: kind, isHeldOut: checkpoint.contract.validationExamples > 0),
                pictures: try RunPicture.some(of: kind, in: view.paths, plan: plan)
            )
        }
        let state = checkpoint.state
        return RunReport(
            name: view.name, rows: view.rows, configuration: try YAML.text(view.configuration().node),
            pictures: pictures,
            provenance: Provenance(
                run: checkpoint.run, contract: checkpoint.contract, step: state.step, digest: "\(state.digest)",
                program: "tributary \(Tributary.configuration.version)"))
    }

    private static func title(of kind: String, isHeldOut: Bool) -> String {
        guard kind != "samples" else { return "Samples from the prior" }
        return (isHeldOut ? "Held-out" : "Training") + " images, each with its reconstruction at its right"
    }
}

/// The pictures of a run in a report.
private enum RunPicture {
    /// As many as show how it went.
    private static let most = 6

    /// Pictures of one kind in the order of time: the last one, and others about as far apart as each other.
    static func some(of kind: String, in paths: RunPaths, plan: ShardPlan) throws -> [RunReport.Picture] {
        let all = try PosixFileSystem().names(in: paths.samples).compactMap { name in
            PictureMoment(file: name, of: kind).map { (name: name, moment: $0) }
        }.sorted { $0.moment.step(plan) < $1.moment.step(plan) }
        let count = min(most, all.count)
        let chosen = (0..<count).map { all[count == 1 ? all.count - 1 : $0 * (all.count - 1) / (count - 1)] }
        return try chosen.map { picture in
            RunReport.Picture(
                caption: "after \(picture.moment)",
                bytes: try PosixFileSystem().read("\(paths.samples)/\(picture.name)"))
        }
    }
}
