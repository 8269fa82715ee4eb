import Cluster
import Foundation

/// What `status` says of a run's workers: who is there, how fast, what waits for whom, what went over the links, and what happened last.
struct ClusterTable {
    private let status: ClusterStatus

    init(_ status: ClusterStatus) { self.status = status }

    var lines: [String] {
        let facts = [
            status.waiting.map { "waiting          \($0)" },
            status.checkpoint.map { "saved            step \($0.step), \(Int($0.ageSeconds)) s ago" },
            "late leases      \(status.totals.lateLeases)",
        ].compactMap(\.self)
        return facts + workers + events
    }

    private var workers: [String] {
        guard !status.workers.isEmpty else { return ["", "no worker is here"] }
        let head = [
            "worker", "host", "threads", "images/s", "share", "last", "sent to it", "from it", "what it is about",
        ]
        return [""] + Self.aligned([head] + status.workers.map(row))
    }

    private func row(_ worker: ClusterStatus.Worker) -> [String] {
        let steps = max(1, status.totals.steps)
        return [
            worker.name, worker.host, "\(worker.threads)", "\(Int(worker.imagesPerSecond.rounded()))",
            percent(worker.share), percent(Double(worker.totals.lastInSteps) / Double(steps)),
            Self.size(worker.totals.parameterBytes + worker.totals.pixelBytes), Self.size(worker.totals.sumBytes),
            about(worker),
        ]
    }

    private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

    private func about(_ worker: ClusterStatus.Worker) -> String {
        guard !worker.nodes.isEmpty else { return worker.activity }
        let nodes = worker.nodes.prefix(4).map(String.init).joined(separator: ", ")
        let more = worker.nodes.count > 4 ? ", …" : ""
        let tenths = Int(((worker.waitedSeconds ?? 0) * 10).rounded())
        return "\(worker.activity): node\(worker.nodes.count == 1 ? "" : "s") \(nodes)\(more), "
            + "for \(tenths / 10).\(tenths % 10) s"
    }

    private var events: [String] {
        guard !status.events.isEmpty else { return [] }
        return ["", "last events"] + status.events.map { "\($0.time)  \($0.level)  \($0.message)" }
    }

    /// Such as 1.5 GB.
    static func size(_ bytes: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : String(format: "%.3g %@", value, units[unit])
    }

    /// Columns of equal width, the last one as it is.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
                .trimmingEnd
        }
    }
}

extension String {
    fileprivate var trimmingEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
