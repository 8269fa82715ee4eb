import Contract
import Files
import Foundation
import Training
import TrainingTestSupport

@testable import Boards

/// A run directory with a record that a test writes.
struct RecordedRun {
    let paths: RunPaths
    static let configuration = RunConfiguration.tiny
    static let plan = try! ShardPlan(examples: 24, shards: 4, microbatch: 3)

    /// Hands out a run in a directory of its own, which is removed afterwards.
    static func use(_ body: (RecordedRun) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(RecordedRun(directory))
    }

    private init(_ directory: String) throws {
        paths = RunPaths(directory)
        let files = PosixFileSystem()
        try files.createDirectory(paths.samples)
        try files.replaceDurably(paths.configuration, Array("seed: 5\n".utf8))
    }

    func follower(files: any FileSystem = PosixFileSystem()) -> RecordFollower {
        RecordFollower(paths, Self.configuration, plan: Self.plan, files: files)
    }

    /// Begins the record, or puts another in its place as a run does that goes on.
    func begin(_ rows: [MetricsRow]) throws -> LineFile { try LineFile(paths.metrics, lines: rows.map(\.line)) }

    /// A row for each step, and one of an evaluation behind every other.
    static func rows(_ steps: ClosedRange<Int>, others: String = "") -> [MetricsRow] {
        steps.flatMap { step in
            [row(step, .train, others: others)] + (step % 2 == 0 ? [row(step, .valid, others: "")] : [])
        }
    }

    static func row(_ step: Int, _ split: Split, others: String) -> MetricsRow {
        let (reconstruction, divergence) = (40 / Double(step), 0.1 * Double(step))
        return MetricsRow(
            line: """
                {"version":2,"step":\(step),"epoch":\((step + 1) / 2),"split":"\(split.rawValue)",\
                "negative_elbo":\(reconstruction + divergence),"reconstruction":\(reconstruction),\
                "divergence":\(divergence)\(others),"images_per_second":\(100 + step),"workers":2}
                """)!
    }
}
