extension String {
    /// The text as one word of a shell's line: `it's here` becomes `'it'\''s here'`, and what no shell would change stays as it is.
    ///
    /// With characters that a terminal would obey, a newline say, it is bash's `$'…'`: a word never takes two lines, and a script shows all that
    /// it holds.
    public var shellWord: String {
        if !isEmpty, unicodeScalars.allSatisfy(\.isPlainForShells) { return self }
        if unicodeScalars.contains(where: \.isUnseen) { return "$'\(unicodeScalars.map(\.inDollarQuotes).joined())'" }
        return "'\(split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'"
    }
}

extension Unicode.Scalar {
    fileprivate var isPlainForShells: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":", "=", ",", "@", "%", "+": true
        default: false
        }
    }

    fileprivate var isUnseen: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    fileprivate var inDollarQuotes: String {
        if self == "'" || self == "\\" { return "\\\(self)" }
        guard isUnseen else { return String(self) }
        return String(self).utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
