import Files

/// Codes as text: a line of names, then a line for each image with its split, its row, its targets and all its numbers.
///
/// Numbers have as many digits as it takes to read back the same float32. What is unknown is empty.
final class CSVCodeWriter: CodeWriter {
    private let output: UnfinishedFile
    private let table: CodeTable
    private var done = 0
    /// In bytes.
    private var size = 0

    init(_ output: UnfinishedFile, _ table: CodeTable) throws {
        self.output = output
        self.table = table
        let numbers = table.columns.flatMap { column in (0..<column.width).map { "\(column.name)_\($0)" } }
        try write([["split", "row"] + table.targetNames.map(Self.quoted) + numbers])
    }

    func append(_ values: [[Float]]) throws {
        let images = table.images(of: values, after: done)
        try write(
            (0..<images).map { image in
                known(done + image)
                    + zip(table.columns, values).flatMap { column, numbers in
                        numbers[image * column.width..<(image + 1) * column.width].map { "\($0)" }
                    }
            })
        done += images
    }

    func finish() throws {
        precondition(done == table.count, "expected \(table.count) images before the end, got \(done)")
        try output.finish()
    }

    private func known(_ image: Int) -> [String] {
        let width = table.targetNames.count
        return [Self.quoted(table.splits[image]), "\(table.rows[image])"]
            + table.targets[image * width..<(image + 1) * width].map(text)
    }

    private func text(_ target: Double) -> String {
        guard !target.isNaN else { return "" }
        guard let whole = Int(exactly: target) else { return "\(target)" }
        return table.classNames.indices.contains(whole) ? Self.quoted(table.classNames[whole]) : "\(whole)"
    }

    private func write(_ lines: [[String]]) throws(FileError) {
        let bytes = Array(lines.map { $0.joined(separator: ",") + "\n" }.joined().utf8)
        try output.write(bytes, at: size)
        size += bytes.count
    }

    /// A field as RFC 4180 has it, scalar by scalar: CR and LF together are one `Character`, and so are a quote and an accent.
    static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        return text.unicodeScalars.reduce(into: "\"") { field, scalar in
            if scalar == "\"" { field += "\"" }
            field.unicodeScalars.append(scalar)
        } + "\""
    }
}
