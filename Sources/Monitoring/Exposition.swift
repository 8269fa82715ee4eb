/// Prometheus' text format, version 0.0.4.
///
/// Source: prometheus.io, "Exposition formats", text-based format.
enum Exposition {
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes metrics; those without samples are left out.
    static func text(_ families: [MetricFamily]) -> String {
        families.filter { !$0.samples.isEmpty }.map(text).joined()
    }

    private static func text(_ family: MetricFamily) -> String {
        let help = escaped(family.help, "\\\n")
        let head = "# HELP \(family.name) \(help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
        return head + family.samples.map { line($0, of: family.name) }.joined()
    }

    private static func line(_ sample: MetricFamily.Sample, of name: String) -> String {
        let labels = sample.labels.map { "\($0.name)=\"\(escaped($0.value, "\\\n\""))\"" }
        let list = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
        return "\(name)\(sample.suffix)\(list) \(number(sample.value))\n"
    }

    /// A text with a backslash before some characters, scalar by scalar: a quote with an accent still ends a label.
    private static func escaped(_ text: String, _ characters: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            let isEscaped = characters.unicodeScalars.contains(scalar)
            result += isEscaped ? "\\" : ""
            result.unicodeScalars.append(isEscaped && scalar == "\n" ? "n" : scalar)
        }
    }

    /// A number as Go reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
