extension Duration {
    /// Seconds, as a number.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// A length that somebody chose: "20 s", "5 min", "2 h"; in seconds where it is no whole number of the greater unit.
    var span: String {
        let seconds = Int(inSeconds.rounded())
        for (name, unit) in [("h", 3_600), ("min", 60)] where seconds >= unit && seconds % unit == 0 {
            return "\(seconds / unit) \(name)"
        }
        return "\(seconds) s"
    }

    /// "1.5 s".
    var text: String {
        let tenths = Int((inSeconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
