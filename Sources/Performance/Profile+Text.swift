import Foundation
import Tensors

extension Profile {
    /// A table for people: a line per part, and what they come to.
    ///
    /// - Parameters:
    ///   - images: How many a run computes.
    ///   - peak: What to measure the parts against.
    public func text(images: Int, peak: MachinePeak) -> String {
        let shown = parts.filter { $0.cost.seconds >= Self.smallest * seconds }
        let rest = parts.dropFirst(shown.count)
        var lines = [
            String(
                format:
                    "A microbatch of %d on one thread: %.2f ms, %.0f images/s. Measured peak: %.0f GFLOP/s (matrix product), "
                    + "%.0f GB/s (reading memory).", images, seconds * 1e3, Double(images) / seconds,
                peak.arithmetic / 1e9, peak.memory / 1e9),
            Self.row("time", "share", "MB", "MFLOP", "GB/s", "GFLOP/s", "of peak", "part"),
        ]
        lines += shown.map { line($0, peak) }
        if !rest.isEmpty { lines.append(line(Self.sum(Array(rest), named: "\(rest.count) smaller parts"), peak)) }
        lines.append("")
        lines += summaries.map { line($0, peak) }
        lines.append(
            String(
                format:
                    "Convolutions and matrix products without anything between them: %.2f ms; the step takes %.2f times as long.",
                linearSeconds * 1e3, seconds / linearSeconds))
        return lines.joined(separator: "\n")
    }

    /// The share of the time below which parts are added up.
    private static let smallest = 0.005

    /// The parts of each kind together, the slowest first.
    private var summaries: [Part] {
        let kinds = Dictionary(grouping: parts, by: \.cost.kind)
        let sums = kinds.map { Self.sum($1, named: "all of kind \($0.rawValue)") }
        return sums.sorted { $0.cost.seconds > $1.cost.seconds }
    }

    private static func sum(_ parts: [Part], named name: String) -> Part {
        func total(_ quantity: (OperationCost) -> Double) -> Double { parts.reduce(0) { $0 + quantity($1.cost) } }
        return Part(
            count: 1,
            cost: OperationCost(
                kind: parts[0].cost.kind, name: name, kernel: "", flops: total(\.flops), bytes: total(\.bytes),
                seconds: total(\.seconds)))
    }

    private func line(_ part: Part, _ peak: MachinePeak) -> String {
        let cost = part.cost
        let rate = cost.flops / cost.seconds
        let times = part.count > 1 ? "\(part.count) × " : ""
        let kernel = cost.kernel.isEmpty ? "" : " [\(cost.kernel)]"
        return Self.row(
            String(format: "%.3f ms", cost.seconds * 1e3), String(format: "%.1f %%", 100 * cost.seconds / seconds),
            String(format: "%.1f", cost.bytes / 1e6), cost.flops > 0 ? String(format: "%.0f", cost.flops / 1e6) : "",
            String(format: "%.1f", cost.bytes / cost.seconds / 1e9),
            cost.flops > 0 ? String(format: "%.1f", rate / 1e9) : "",
            cost.flops > 0 ? String(format: "%.0f %%", 100 * rate / peak.arithmetic) : "", times + cost.name + kernel)
    }

    /// Columns right-aligned, but for the last.
    private static func row(_ cells: String...) -> String {
        let widths = [11, 8, 8, 8, 7, 9, 9]
        let aligned = zip(cells, widths).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }
        return aligned.joined() + "  " + cells[widths.count]
    }
}
