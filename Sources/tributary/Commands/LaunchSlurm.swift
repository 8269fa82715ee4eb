import ArgumentParser
import Cluster
import ConfigurationFiles
import Files
import Foundation
import Launching

struct LaunchSlurm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slurm", abstract: "Prints the script of a Slurm job that trains, or submits it.",
        discussion: """
            Example, four nodes of eight cores for four hours at a time, until the run is done:
              tributary launch slurm --nodes 4 --cpus 8 --time 4:00:00 --submit -- \\
                --preset face-64 --data faces.h5 --out runs/faces

            Without --submit the script is printed, for sbatch. With --elastic it is for bash, which submits two jobs: a \
            coordinator, and an array of workers that may be preempted, wait, and be joined by more.

            The folder, the data and the keys must be on a file system that all nodes have.
            """)

    @Option(help: "Nodes that compute; with --elastic, workers.") var nodes: Int
    @Option(help: "Cores of each node, or worker.") var cpus: Int
    @Option(help: "The time limit of a job, as sbatch takes it, such as 4:00:00; the run goes on in a new one.")
    var time: String?
    @Option(help: "The partition.") var partition: String?
    @Flag(help: "A job for the coordinator, and an array of workers that come and go.") var elastic = false
    @Option(name: .customLong("worker-partition"), help: "With --elastic, the partition of the workers.")
    var workerPartition: String?
    @Option(help: "Another option of sbatch, such as account=vision; may be said several times.") var sbatch: [String] =
        []
    @Option(help: "The folder of keys, which the first start makes.", completion: .directory) var keys = "keys"
    @Option(help: "The program on the nodes (default: this one's path).") var program: String?
    @Flag(help: "Submit it, and say how to follow and cancel it.") var submit = false
    @OptionGroup var launched: LaunchedRun

    func validate() throws {
        for (name, value) in [("nodes", nodes), ("cpus", cpus)] where !(1...10_000).contains(value) {
            throw ValidationError("--\(name) is from 1 to 10000, not \(value)")
        }
        if let time, !SlurmRequest.isTime(time) {
            throw ValidationError("--time is as sbatch takes it, such as 90 (minutes), 4:00:00 or 2-12, not \(time)")
        }
        for (name, value) in [("partition", partition), ("worker-partition", workerPartition)] {
            if let value, !SlurmRequest.isPartition(value) {
                throw ValidationError("--\(name) is a name, or several with commas, not \"\(value)\"")
            }
        }
        if let option = sbatch.first(where: { !SlurmRequest.isOption($0) }) {
            throw ValidationError(
                "--sbatch is an option of sbatch, such as account=vision or exclusive, not \"\(option)\"")
        }
        let sayings = [
            ("partition", partition != nil), ("time", time != nil), ("nodes", true), ("cpus-per-task", true),
            ("ntasks", true), ("ntasks-per-node", true), ("array", true), ("signal", true), ("requeue", true),
            ("no-requeue", true), ("open-mode", true), ("no-kill", true),
        ]
        for (name, isSaid) in sayings where isSaid {
            guard let option = sbatch.first(where: { SlurmRequest.name(ofOption: $0) == name }) else { continue }
            throw ValidationError(
                "--sbatch \(option) contradicts what launch itself says to sbatch: leave it out, or use launch's own options"
            )
        }
        guard elastic || workerPartition == nil else {
            throw ValidationError("--worker-partition is for --elastic: one job is in one partition")
        }
    }

    func run() throws {
        let options = try launched.coordinator(listen: "tcp://0.0.0.0:20000", keys: keys).options
        if options.config == "-" {
            throw ValidationError("--config - is the standard input, which a job does not have: name a file")
        }
        for doubt in try options.doubtsElsewhere() { Terminal.standardError.line("warning: \(doubt)") }
        let request = SlurmRequest(
            directory: options.out, nodes: nodes, cores: cpus, time: time, partition: partition,
            workerPartition: workerPartition, options: sbatch, program: program ?? LocalCluster.thisProgram,
            keys: keys, run: launched.run)
        let script = elastic ? request.elastic : request.oneJob
        guard submit else { return try output(script, terminator: "") }
        if elastic {
            try output(try Self.answer(of: "bash", ["-s"], script), terminator: "")
        } else {
            let answer = try Self.answer(of: "sbatch", ["--parsable"], script)
            try output(Self.advice(job: String(answer.prefix { $0.isNumber }), request.name))
        }
    }

    private static func advice(job: String, _ name: String) -> String {
        """
        job     \(job)
        follow  tail -F \(name)-\(job).log
        look    squeue --jobs=\(job)
        cancel  scancel \(job)
        """
    }

    /// What a program prints that gets the script as its input.
    ///
    /// - Throws: `UsageProblem` where there is no such program, or it fails; it has said why.
    private static func answer(of program: String, _ arguments: [String], _ script: String) throws -> String {
        let process = Process()
        let (input, answer) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        (process.standardInput, process.standardOutput) = (input, answer)
        try process.start()
        // A program that is not there, or does not read, leaves a pipe without a reader.
        signal(SIGPIPE, SIG_IGN)
        try? input.fileHandleForWriting.write(contentsOf: Foundation.Data(script.utf8))
        try? input.fileHandleForWriting.close()
        let text = String(decoding: answer.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0: return text
        case 127:
            throw UsageProblem(
                "there is no \(program) here: submit where Slurm's commands are, or without --submit print the script")
        default: throw UsageProblem("\(program) has not taken the job; it says why above")
        }
    }
}
