import ArgumentParser
import Contract
import Foundation
import Pictures
import Reports
import Training

/// `tributary compare`: several runs in one table and one plot.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Puts runs side by side: what differs, and what came of it.",
        discussion: """
            The table has the keys of the configurations that differ and the numbers of each run, best held-out -ELBO first. \
            Numbers of unlike data or likelihoods do not compare; both then stand in the table.

            Examples:
              tributary compare runs/beta-1 runs/beta-4
              tributary compare runs/* --out comparison.png
              tributary compare runs/* --json
            """)

    @Argument(help: "The run directories.", completion: .directory) var runs: [String]
    @Option(
        help: "A PNG file to plot the held-out -ELBO of all runs into, or - for the standard output.",
        completion: .file(extensions: ["png"]))
    var out: String?
    @Flag(help: "Replace the file that --out names.") var force = false
    @Flag(help: "Print the table as JSON.") var json = false

    private var plot: PictureFile? { out.map { PictureFile(path: $0, replaces: force) } }

    func validate() throws {
        guard runs.count >= 2 else { throw ValidationError("name two runs or more to compare") }
        try plot?.validate()
    }

    func run() throws {
        let (names, views) = try found()
        let comparison = Comparison(
            try zip(names, views).map { name, view in
                Comparison.Run(name: name, configuration: try configuration(of: view), rows: view.rows)
            })
        if let plot {
            try plot.write(besides: views.flatMap(\.files)) { comparison.plot.image() }
            guard out != "-" else { return }
        }
        let table = ComparisonTable(comparison)
        try output(json ? try jsonText(table) : table.description)
    }

    /// The runs and their names; what is no run, such as a log beside them, is left out where two runs are left.
    private func found() throws -> (names: [String], views: [RunView]) {
        var (found, problems) = ([(name: String, view: RunView)](), [(name: String, error: NotARun)]())
        for (name, path) in zip(names, runs) {
            do {
                found.append((name, try RunView(path)))
            } catch let error as NotARun {
                problems.append((name, error))
            }
        }
        if found.count < 2, let problem = problems.first { throw problem.error }
        for (name, _) in problems { Terminal.standardError.line("\(name) is left out: it is not a run") }
        return (found.map(\.name), found.map(\.view))
    }

    /// What the run began with, and which data it was given, where a checkpoint says so.
    private func configuration(of view: RunView) throws -> ConfigurationNode {
        guard case .dictionary(var entries) = try view.configuration().node else { return .null }
        let contract = try? CheckpointCommand.read(view.paths.directory).contract
        entries["data_fingerprint"] = contract.map { .string($0.dataFingerprint) }
        return .dictionary(entries)
    }

    /// The directories as they were named, without what all of them begin with up to a slash.
    private var names: [String] {
        let paths = runs.map { $0.hasSuffix("/") && $0.count > 1 ? String($0.dropLast()) : $0 }
        let common = paths.dropFirst().reduce(paths[0]) { $0.commonPrefix(with: $1) }
        let length = common.lastIndex(of: "/").map { common.distance(from: common.startIndex, to: $0) + 1 } ?? 0
        return paths.map { String($0.dropFirst(length)) }
    }
}

/// What `compare` prints.
private struct ComparisonTable: Encodable, CustomStringConvertible {
    let runs: [Run]
    let differences: [Difference]

    struct Run: Encodable {
        let name: String
        let step: Int
        let epoch: Int
        let negativeELBO: Double?
        let heldOutNegativeELBO: Double?
        let bestHeldOutNegativeELBO: Double?
        let bestStep: Int?
        let heldOutNLL: Double?
        let activeUnits: Int?
        let imagesPerSecond: Double?
    }

    struct Difference: Encodable {
        let key: String
        let values: [ConfigurationNode?]
    }

    /// The best first, and those without an evaluation last.
    init(_ comparison: Comparison) {
        let order = comparison.runs.indices.sorted { left, right in
            let values = [left, right].map { comparison.runs[$0].figures.best?.negativeELBO ?? .infinity }
            return (values[0], left) < (values[1], right)
        }
        runs = order.map { Run(comparison.runs[$0]) }
        differences = comparison.differences.map { difference in
            Difference(key: difference.key, values: order.map { difference.values[$0] })
        }
    }

    var description: String {
        func text(_ value: Double?) -> String { value.map(decimal) ?? "" }
        let numbers: [(String, (Run) -> String)] = [
            ("steps", { "\($0.step)" }), ("epoch", { "\($0.epoch)" }),
            ("-ELBO of the last epoch's steps", { text($0.negativeELBO) }),
            ("held-out -ELBO, last", { text($0.heldOutNegativeELBO) }),
            ("held-out -ELBO, best", { text($0.bestHeldOutNegativeELBO) }),
            ("  at step", { $0.bestStep.map { "\($0)" } ?? "" }),
            ("held-out -ln p(x), last", { text($0.heldOutNLL) }),
            ("active latents", { $0.activeUnits.map { "\($0)" } ?? "" }),
            ("images/s", { $0.imagesPerSecond.map { "\(Int($0.rounded()))" } ?? "" }),
        ]
        let rows =
            [[""] + runs.map(\.name)]
            + differences.map { difference in
                [difference.key] + difference.values.map { ($0.map(Self.text) ?? "") }
            }
            + numbers.map { name, value in [name] + runs.map(value) }.filter { !$0.dropFirst().allSatisfy(\.isEmpty) }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
        }.map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
    }

    /// A value as it is written, or the beginning of a long one, such as a fingerprint.
    private static func text(_ node: ConfigurationNode) -> String {
        let text = if case .string(let text) = node { text } else { node.description }
        return text.count > 32 ? text.prefix(16) + "…" : text
    }
}

extension ComparisonTable.Run {
    init(_ run: Comparison.Run) {
        let figures = run.figures
        self.init(
            name: run.name, step: figures.step, epoch: figures.epoch,
            negativeELBO: figures.train.flatMap { $0.negativeELBO.isFinite ? $0.negativeELBO : nil },
            heldOutNegativeELBO: figures.heldOut?.number("negative_elbo"),
            bestHeldOutNegativeELBO: figures.best?.negativeELBO, bestStep: figures.best?.step,
            heldOutNLL: figures.heldOut?.number("nll"),
            activeUnits: figures.heldOut?.number("active_units").map { Int($0) },
            imagesPerSecond: figures.imagesPerSecond)
    }
}
