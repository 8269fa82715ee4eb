/// Parts of a page as text; what comes from a run is escaped.
enum HTML {
    /// A text as it may stand between tags and in quotes.
    static func text(_ text: String) -> String {
        // Scalar by scalar: with an accent behind it, a quote is another `Character`, and still ends an attribute.
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }

    /// A section with a heading, or nothing where it would be empty.
    static func section(_ title: String, _ parts: [String]) -> String {
        parts.isEmpty ? "" : "<section>\n<h2>\(text(title))</h2>\n\(parts.joined(separator: "\n"))\n</section>\n"
    }

    /// Rows of a name and a value each.
    static func list(_ rows: [(name: String, value: String)]) -> String {
        let rows = rows.map { "<tr><th>\(text($0.name))</th><td>\(text($0.value))</td></tr>" }
        return "<table class=\"list\">\n\(rows.joined(separator: "\n"))\n</table>"
    }

    static func table(_ head: [String], _ rows: [[String]]) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(text($0))</\(tag)>" }.joined() + "</tr>"
        }
        return "<table>\n<thead>\(row(head, "th"))</thead>\n"
            + rows.map { row($0, "td") }.joined(separator: "\n") + "\n</table>"
    }

    static func code(_ text: String) -> String { "<pre>\(Self.text(text))</pre>" }
}
