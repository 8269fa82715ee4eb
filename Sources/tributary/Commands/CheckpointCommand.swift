import ArgumentParser
import ConfigurationFiles
import Contract
import Files
import Foundation
import Training

/// `tributary checkpoint …`: what a file holds, whether it is whole, and the digest of what it holds.
struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Inspects and verifies checkpoints.",
        subcommands: [Inspect.self, Verify.self, Digest.self])

    /// A checkpoint given as a file, or as a run directory whose newest is meant; another process opens it first.
    static func read(_ path: String) throws -> Checkpoint {
        guard let store = try store(path) else { return try readFile(path) }
        guard let found = try store.newest() else { throw Self.hasNone(path) }
        for skipped in found.skipped { Terminal.standardError.line("\(skipped)") }
        return found.checkpoint
    }

    /// The checkpoint in a file, or all that a run directory holds, each with its path.
    static func readAll(_ path: String) throws -> [(file: String, checkpoint: Result<Checkpoint, any Error>)] {
        guard let store = try store(path) else { return [(path, Result { try readFile(path) })] }
        let steps = try store.steps()
        if steps.isEmpty { throw hasNone(path) }
        let all = steps.map { step in (store.path(ofStep: step), Result { try store.read(step: step) }) }
        let hasBest = FileStatus(atLink: store.bestPath) != nil
        return all + (hasBest ? [(store.bestPath, Result { try store.readBest() })] : [])
    }

    private static func hasNone(_ path: String) -> UsageProblem {
        UsageProblem("the run in \(path) has no checkpoint yet")
    }

    private static func readFile(_ path: String) throws -> Checkpoint {
        try ForeignFile.checkpoint.requireSafe(path)
        return try Checkpoint(PosixFileSystem().read(path), file: path)
    }

    /// The checkpoints of a run directory; nil where the path is a file's.
    private static func store(_ path: String) throws -> CheckpointStore? {
        guard attributes(ofFile: path)?[.type] as? FileAttributeType == .typeDirectory else { return nil }
        let paths = RunPaths(path)
        try paths.requireRun()
        return CheckpointStore(directory: paths.checkpoints, check: ForeignFile.checkpoint.requireSafe)
    }
}

extension CheckpointCommand {
    /// What `read` may read: the path itself, and the checkpoints of a run.
    static func files(_ path: String) -> [String] {
        let folder = RunPaths(path).checkpoints
        return [path] + ((try? PosixFileSystem().names(in: folder)) ?? []).map { "\(folder)/\($0)" }
    }

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what a checkpoint holds.",
            discussion: "Example:\n  tributary checkpoint inspect runs/faces/checkpoints/step-0000000630.h5")

        @Argument(help: "A checkpoint, or a run directory for its newest one.", completion: .file()) var file: String
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let summary = CheckpointSummary(try CheckpointCommand.read(file))
            try output(json ? try jsonText(summary) : summary.description)
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks checkpoints against the checksums they carry; exits with 1 if one fails.",
            discussion: "Example:\n  tributary checkpoint verify runs/faces")

        @Argument(help: "Checkpoints, or run directories for all that are in them.", completion: .file())
        var files: [String]

        func run() throws {
            var failures = 0
            for path in files {
                for (file, checkpoint) in Self.readAll(path) {
                    switch checkpoint {
                    case .success(let checkpoint):
                        let value = checkpoint.heldOutNegativeELBO.map { ", held-out -ELBO \(decimal($0)) nats" } ?? ""
                        try output("\(file): whole, step \(checkpoint.state.step)\(value)")
                    case .failure(let error):
                        failures += 1
                        try output("\(error)")
                    }
                }
            }
            if failures > 0 { throw ExitCode(1) }
        }

        /// What cannot be looked at is one that fails.
        private static func readAll(_ path: String) -> [(file: String, checkpoint: Result<Checkpoint, any Error>)] {
            do { return try CheckpointCommand.readAll(path) } catch { return [(path, .failure(error))] }
        }
    }

    struct Digest: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the SHA-256 of parameters, statistics, optimizer state and step.",
            discussion: """
                Two runs of one contract have equal digests at equal steps, whatever happened to them.

                Example:
                  tributary checkpoint digest runs/faces/checkpoints/step-0000000630.h5
                """)

        @Argument(help: "A checkpoint, or a run directory for its newest one.", completion: .file()) var file: String

        func run() throws {
            try output("\(CheckpointCommand.read(file).state.digest)")
        }
    }
}

/// A checkpoint in a few lines.
private struct CheckpointSummary: Encodable, CustomStringConvertible {
    let run: String
    let step: Int
    let epoch: Int
    let parameters: Int
    let shards: Int
    let microbatch: Int
    let seed: UInt64
    let numericClass: String
    let dataFingerprint: String
    let digest: String
    let negativeELBO: Double?
    let heldOutNegativeELBO: Double?
    let bestHeldOutNegativeELBO: Double?
    let bestStep: Int?

    init(_ checkpoint: Checkpoint) {
        let contract = checkpoint.contract
        run = checkpoint.run
        step = checkpoint.state.step
        epoch = (try? contract.plan().epoch(ofStep: max(0, checkpoint.state.step - 1))) ?? 0
        parameters = checkpoint.state.parameters.count
        shards = contract.shards
        microbatch = contract.microbatch
        seed = contract.seed
        numericClass = "\(contract.numericClass.engine)"
        dataFingerprint = contract.dataFingerprint
        digest = "\(checkpoint.state.digest)"
        negativeELBO = checkpoint.history.train.last?.negativeELBO
        heldOutNegativeELBO = checkpoint.history.valid.last?.negativeELBO
        bestHeldOutNegativeELBO = checkpoint.history.best?.negativeELBO
        bestStep = checkpoint.history.best?.step
    }

    var description: String {
        var rows = [
            ("run", run), ("step", "\(step) (epoch \(epoch))"), ("parameters", "\(parameters)"),
            ("shards × microbatch", "\(shards) × \(microbatch)"), ("seed", "\(seed)"), ("numeric class", numericClass),
            ("data", dataFingerprint), ("digest", digest),
        ]
        if let negativeELBO { rows.append(("train -ELBO", decimal(negativeELBO) + " nats, last whole epoch")) }
        if let heldOutNegativeELBO { rows.append(("valid -ELBO", decimal(heldOutNegativeELBO) + " nats")) }
        if let bestHeldOutNegativeELBO, let bestStep {
            rows.append(("best valid -ELBO", decimal(bestHeldOutNegativeELBO) + " nats, step \(bestStep)"))
        }
        return rows.map { $0.0.padding(toLength: 20, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
    }
}
