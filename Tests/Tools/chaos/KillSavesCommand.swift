import ArgumentParser
import Foundation
import Hashing
import Training

/// Kills a process that saves checkpoints, at random instants, over and over.
struct KillSavesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill-saves",
        abstract:
            "Kills saves with -9, at random instants and while a file is written in turn; each must leave a checkpoint to resume from."
    )

    @Option(help: "How many kills.") var times = 60
    @Option(help: "Of the instants.") var seed: UInt64 = 1
    @Option(help: "Where the runs go: a directory that does not exist.") var directory: String

    func run() throws {
        try makeNewDirectory(directory)
        var generator = SeededGenerator(seed: seed)
        var (unfinished, saves, acknowledged) = (0, 0, 0)
        for kill in 1...times {
            let paths = RunPaths("\(directory)/run-\(kill / Self.killsOfARun)")
            if kill % Self.killsOfARun == 0 { acknowledged = 0 }
            let saved = try saveAndKill(
                paths, after: .random(in: 0...0.06, using: &generator), duringWrite: kill.isMultiple(of: 2))
            if hasUnfinished(paths) { unfinished += 1 }
            saves += saved == nil ? 0 : 1
            acknowledged = saved ?? acknowledged
            try checkResume(paths, acknowledged, kill)
        }
        print(
            "\(times) kills, \(unfinished) of them with a file half written: after each the newest checkpoint verified, "
                + "nothing that had been saved was lost, and every row was there; \(saves) processes had saved before they died"
        )
        if unfinished == 0 { throw Problem("no kill came while a file was written: the test shows nothing") }
    }

    /// After so many kills another run begins, so that reading its records stays short.
    private static let killsOfARun = 50

    /// Runs the saver for a moment, or until it writes a file after that, and returns the last step of which it said that it is saved, if
    /// any.
    private func saveAndKill(_ paths: RunPaths, after seconds: Double, duringWrite: Bool) throws -> Int? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: ChildProcess.path(of: "chaos"))
        process.arguments = ["save", paths.directory]
        process.standardOutput = output
        try process.run()
        var text = ""
        while !text.contains("ready\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Problem("the saver ended before it began; its message is above") }
            text += String(decoding: data, as: UTF8.self)
        }
        Thread.sleep(forTimeInterval: seconds)
        let latest = ContinuousClock.now + .seconds(1)
        while duringWrite, ContinuousClock.now < latest, !hasUnfinished(paths) {}
        guard process.isRunning else { throw Problem("the saver ended by itself; its message is above") }
        kill(process.processIdentifier, SIGKILL)
        text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").last { $0.hasPrefix("saved ") }.flatMap { Int($0.dropFirst(6)) }
    }

    private func hasUnfinished(_ paths: RunPaths) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: paths.checkpoints)) ?? []
        return names.contains { $0.hasSuffix(".tmp") }
    }

    /// Finds what a resume would find: a checkpoint, at least as new as the last one acknowledged, with all its rows.
    private func checkResume(_ paths: RunPaths, _ acknowledged: Int, _ kill: Int) throws {
        guard let found = try CheckpointStore(directory: paths.checkpoints).newest() else {
            guard acknowledged == 0 else { throw Problem("kill \(kill): step \(acknowledged) was saved and is gone") }
            return
        }
        let step = found.checkpoint.state.step
        guard found.skipped.isEmpty else { throw Problem("kill \(kill): \(found.skipped)") }
        guard step >= acknowledged else {
            throw Problem("kill \(kill): step \(acknowledged) was saved, \(step) is there")
        }
        let digest = found.checkpoint.state.digest.description
        let rows = try DigestLog.rows(paths.digests, neededUpTo: step)
        guard rows.prefix(step).map(\.step) == Array(1...step), rows[step - 1].digest == digest else {
            throw Problem("kill \(kill): digests.jsonl does not have every step up to \(step)")
        }
        let log = try String(contentsOfFile: paths.metrics, encoding: .utf8)
        let metrics = log.split(separator: "\n").prefix(step).compactMap { MetricsRow(line: $0)?.step }
        guard metrics == Array(1..<(step + 1)) else {
            throw Problem("kill \(kill): metrics.jsonl does not have every step up to \(step)")
        }
    }
}
