import Contract
import Training

/// The rows of a record as a table of comma-separated values (RFC 4180), for spreadsheets and data frames.
public struct MetricsTable {
    private let rows: [MetricsRow]
    private let names: [String]

    /// - Parameter rows: All rows of the record, in their order.
    public init(_ rows: [MetricsRow]) {
        self.rows = rows
        var known: Set<String> = []
        let found = rows.flatMap { $0.numbers.map(\.name) }.filter { known.insert($0).inserted }
        // What some objective measures stands between what every row has.
        let last = ["images_per_second", "workers"].filter(known.contains)
        names = found.filter { !last.contains($0) } + last
    }

    /// A line of names, and one for each row; what a row does not have, or is no number, is empty. Names and numbers need no quotes.
    public var text: String {
        let head = (["step", "epoch", "split"] + names).joined(separator: ",")
        return ([head] + rows.map(line)).map { $0 + "\n" }.joined()
    }

    private func line(_ row: MetricsRow) -> String {
        let numbers = Dictionary(row.numbers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let cells = names.map { name in
            numbers[name].flatMap { $0.isFinite ? "\(ConfigurationNode.real($0))" : nil } ?? ""
        }
        return (["\(row.step)", "\(row.epoch)", row.split.rawValue] + cells).joined(separator: ",")
    }
}
