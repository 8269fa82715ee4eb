import ArgumentParser
import Cluster
import Contract
import Files
import Foundation
import Reports
import Training
import VAE

/// `tributary status`: how a run is doing, asked from anywhere that sees its directory.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says how a run and its workers are doing, from another terminal or another machine.",
        discussion: """
            Reads the run directory and changes nothing there; or asks the coordinator at an address, with the keys of a worker.

            Examples:
              tributary status runs/faces
              tributary status runs/faces --watch
              tributary status tcp://head:7077 --keys keys/workers/node1
            """)

    @Argument(
        help: ArgumentHelp("The run directory, or the coordinator's address: tcp://HOST:PORT.", valueName: "run"),
        completion: .directory)
    var path: String
    @OptionGroup var security: SecurityOptions
    @Flag(help: "Print it again each second, until the run ends or Ctrl-C.") var watch = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        let option = security.keys != nil ? "--keys" : security.insecure ? "--insecure" : nil
        if !isAddress, let option {
            throw ValidationError(
                "\(option) is for a coordinator's address, such as tcp://head:7077; \(path) is taken for a run directory, which is read "
                    + "without keys")
        }
    }

    private var isAddress: Bool { path.contains("://") }

    func run() throws {
        let question = isAddress ? try StatusQuestion(path, security: security.worker()) : nil
        let signals = watch ? Interruption.signals : nil
        while true {
            let status = try question.map { try RunStatus($0.ask(), at: path) } ?? RunStatus(RunView(path))
            try show(status)
            guard watch, status.running, wait(signals) else { return }
        }
    }

    /// A second, or until somebody asks to end; false then.
    private func wait(_ signals: Interruption?) -> Bool {
        for _ in 0..<20 where signals?.reason == nil { usleep(50_000) }
        return signals?.reason == nil
    }

    private func show(_ status: RunStatus) throws {
        if json { return try output(try jsonText(status)) }
        if watch, isatty(STDOUT_FILENO) == 1 {
            // From the first line, without what stood there.
            try FileHandle.standardOutput.write(contentsOf: Foundation.Data("\u{1B}[H\u{1B}[2J".utf8))
        }
        try output(status.description + (watch ? "\n" : ""))
    }
}

/// What `status` prints.
private struct RunStatus: Encodable, CustomStringConvertible {
    let run: String?
    let directory: String?
    let running: Bool
    let process: Int32?
    let address: String?
    let step: Int
    let epoch: Int
    let epochs: Int
    let negativeELBO: Double?
    let reconstruction: Double?
    let divergence: Double?
    let heldOut: Evaluation?
    let best: Evaluation?
    let imagesPerSecond: Double?
    let workers: Int?
    let checkpoint: String?
    let bestCheckpoint: String?
    /// Of the coordinator that runs.
    let cluster: ClusterStatus?
    /// Whether a run that no process holds has come to its end; nil where one does, or no checkpoint can be read.
    let finished: Bool?
    private let model: String?
    private let ending: RunEnding?

    struct Evaluation: Encodable {
        let step: Int
        let negativeELBO: Double?
        let reconstruction: Double?
        let divergence: Double?

        init(_ row: MetricsRow) {
            step = row.step
            negativeELBO = row.number("negative_elbo")
            reconstruction = row.number("reconstruction")
            divergence = row.number("divergence")
        }

        init(_ terms: ClusterStatus.Terms) {
            step = terms.step
            (reconstruction, divergence) = (terms.reconstruction, terms.divergence)
            negativeELBO = terms.reconstruction + terms.divergence
        }

        var text: String {
            let value =
                reconstruction.flatMap { reconstruction in
                    divergence.map { negativeELBOText(reconstruction, $0) }
                } ?? "-ELBO is no number"
            return "\(value), step \(step)"
        }
    }

    private enum CodingKeys: CodingKey {
        case run, directory, running, process, address, step, epoch, epochs, negativeELBO, reconstruction, divergence
        case heldOut, best, imagesPerSecond, workers, checkpoint, bestCheckpoint, finished, cluster
    }

    init(_ view: RunView) throws {
        let (presence, figures) = (try RunPresence(view.paths.directory), RunFigures(view.rows))
        let configuration = try view.configuration()
        run = presence.run
        directory = view.paths.directory
        running = presence.holder != nil
        process = if case .process(let number) = presence.holder { number } else { nil }
        address = presence.address
        cluster = presence.holder == nil ? nil : try Lookout.status(in: view.paths.directory)
        (step, epoch, epochs) = (figures.step, figures.epoch, configuration.epochs)
        negativeELBO = figures.train.flatMap { $0.negativeELBO.isFinite ? $0.negativeELBO : nil }
        reconstruction = figures.train.flatMap { $0.reconstruction.isFinite ? $0.reconstruction : nil }
        divergence = figures.train.flatMap { $0.divergence.isFinite ? $0.divergence : nil }
        heldOut = figures.heldOut.map { Evaluation($0) }
        best = figures.best.map { Evaluation($0) }
        (imagesPerSecond, workers) = (figures.imagesPerSecond, figures.workers)
        let store = CheckpointStore(directory: view.paths.checkpoints)
        checkpoint = try store.steps().last.map { store.path(ofStep: $0) }
        bestCheckpoint = FileStatus(store.bestPath) == nil ? nil : store.bestPath
        ending = running ? nil : RunEnding(of: view, configuration)
        finished = ending?.isFinished
        let (images, latents) = (configuration.model.images, configuration.model.latents)
        let classes = latents.count / latents.variables
        model =
            "images of \(images.height) x \(images.width) x \(images.channels), \(latents.variables) latents"
            + (classes > 1 ? " of \(classes) classes, " : ", ")
            + (configuration.node["objective"]?.leaves ?? []).map { "\($0.path) \($0.value)" }.joined(separator: ", ")
            .replacing("\"", with: "")
    }

    /// What a coordinator said.
    init(_ status: ClusterStatus, at address: String) {
        (run, directory, running, process, self.address) = (status.run, nil, true, nil, address)
        (step, epoch, epochs) = (status.step, status.epoch, status.totalEpochs)
        reconstruction = status.training?.reconstruction
        divergence = status.training?.divergence
        negativeELBO = status.training.map { $0.reconstruction + $0.divergence }
        heldOut = status.heldOut.map { Evaluation($0) }
        (best, checkpoint, bestCheckpoint, model, finished, ending) = (nil, nil, nil, nil, nil, nil)
        (imagesPerSecond, workers) = (status.imagesPerSecond, status.workers.count)
        cluster = status
    }

    private var state: String {
        if directory == nil { return "a coordinator answers at \(address ?? "")" }
        guard running else { return ending?.description ?? "no process holds it; go on with --resume" }
        let who = process.map { "process \($0)" } ?? "a process"
        return "\(who) holds it" + (address.map { "; workers connect to \($0)" } ?? "")
    }

    var description: String {
        let rows: [(String, String?)] = [
            ("run", run), ("directory", directory), ("state", state), ("model", model),
            (
                "step",
                cluster.map { "\(step) of \($0.totalSteps), in epoch \(epoch) of \($0.totalEpochs)" }
                    ?? "\(step), in epoch \(epoch) (its configuration ends after \(epochs))"
            ),
            (
                "train",
                reconstruction.flatMap { reconstruction in
                    divergence.map {
                        "\(negativeELBOText(reconstruction, $0)), \(directory == nil ? "the last step" : "mean of epoch \(epoch)")"
                    }
                }
            ),
            ("held-out", heldOut?.text), ("best", best?.text),
            (
                "speed",
                imagesPerSecond.map {
                    "\(Int($0.rounded())) images/s, \(workers ?? 0) worker\(workers == 1 ? "" : "s")"
                }
            ),
            ("checkpoint", checkpoint), ("best checkpoint", bestCheckpoint),
        ]
        let lines = rows.compactMap { name, value in
            value.map { name.padding(toLength: 17, withPad: " ", startingAt: 0) + $0 }
        }
        return (lines + (cluster.map { ClusterTable($0).lines } ?? [])).joined(separator: "\n")
    }
}
