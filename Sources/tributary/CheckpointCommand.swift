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
        guard FileManager.default.fileExists(atPath: path) else {
            throw UsageProblem("there is no checkpoint or run directory at \(path)")
        }
        let isFile = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular
        let check = ForeignFile.checkpoint.requireSafe
        if isFile {
            try check(path)
            return try Checkpoint(PosixFileSystem().read(path), file: path)
        }
        let store = CheckpointStore(directory: RunPaths(path).checkpoints, check: check)
        guard let found = try store.newest() else { throw UsageProblem("\(store.directory) holds no checkpoint") }
        for skipped in found.skipped { Terminal.standardError.line("\(skipped)") }
        return found.checkpoint
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
            abstract: "Checks files against the checksum they carry; exits with 1 if one fails.",
            discussion: "Example:\n  tributary checkpoint verify runs/faces/checkpoints/*.h5")

        @Argument(help: "Checkpoints.", completion: .file()) var files: [String]

        func run() throws {
            var failures = 0
            for file in files {
                let verdict: String
                do {
                    let checkpoint = try CheckpointCommand.read(file)
                    verdict = "\(file): whole, step \(checkpoint.state.step)"
                } catch {
                    failures += 1
                    verdict = "\(error)"
                }
                try output(verdict)
            }
            if failures > 0 { throw ExitCode(1) }
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
    }

    var description: String {
        var rows = [
            ("run", run), ("step", "\(step) (epoch \(epoch))"), ("parameters", "\(parameters)"),
            ("shards × microbatch", "\(shards) × \(microbatch)"), ("seed", "\(seed)"), ("numeric class", numericClass),
            ("data", dataFingerprint), ("digest", digest),
        ]
        if let negativeELBO { rows.append(("train -ELBO", decimal(negativeELBO) + " nats, last whole epoch")) }
        if let heldOutNegativeELBO { rows.append(("valid -ELBO", decimal(heldOutNegativeELBO) + " nats")) }
        return rows.map { $0.0.padding(toLength: 20, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
    }
}
