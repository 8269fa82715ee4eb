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
        commandName: "status", abstract: "Says how a run is doing, from another terminal.",
        discussion: """
            Reads the run directory and changes nothing there.

            Examples:
              tributary status runs/faces
              watch -n 5 tributary status runs/faces
            """)

    @Argument(help: "The run directory.", completion: .directory) var directory: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let status = try RunStatus(RunView(directory))
        try output(json ? try jsonText(status) : status.description)
    }
}

/// What `status` prints.
private struct RunStatus: Encodable, CustomStringConvertible {
    let run: String?
    let directory: String
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
    private let model: String

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
        case heldOut, best, imagesPerSecond, workers, checkpoint, bestCheckpoint
    }

    init(_ view: RunView) throws {
        let (presence, figures) = (try RunPresence(view.paths.directory), RunFigures(view.rows))
        let configuration = try view.configuration()
        run = presence.run
        directory = view.paths.directory
        running = presence.holder != nil
        process = if case .process(let number) = presence.holder { number } else { nil }
        address = presence.address
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
        let images = configuration.model.images
        model =
            "images of \(images.height) x \(images.width) x \(images.channels), \(configuration.model.latents.count) latents, "
            + (configuration.node["objective"]?.leaves ?? []).map { "\($0.path) \($0.value)" }.joined(separator: ", ")
            .replacing("\"", with: "")
    }

    private var state: String {
        guard running else { return "no process holds it; go on with --resume" }
        let who = process.map { "process \($0)" } ?? "a process"
        return "\(who) holds it" + (address.map { "; workers connect to \($0)" } ?? "")
    }

    var description: String {
        let rows: [(String, String?)] = [
            ("run", run), ("directory", directory), ("state", state), ("model", model),
            ("step", "\(step), in epoch \(epoch) (its configuration ends after \(epochs))"),
            (
                "train",
                reconstruction.flatMap { reconstruction in
                    divergence.map { "\(negativeELBOText(reconstruction, $0)), mean of epoch \(epoch)" }
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
        return rows.compactMap { name, value in
            value.map { name.padding(toLength: 17, withPad: " ", startingAt: 0) + $0 }
        }.joined(separator: "\n")
    }
}
