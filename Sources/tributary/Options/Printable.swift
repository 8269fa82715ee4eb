extension String {
    /// The text with each character written out that a terminal would obey instead of showing it: names come from files.
    ///
    /// `\u001b` for the character that begins a terminal's commands; it stays valid within JSON. Newlines and tabs stay as they are.
    var printable: String { escaping { $0.isObeyed && $0 != "\n" && $0 != "\t" } }

    /// The same for what is to be one line: newlines are written out, too.
    var printableLine: String { escaping { $0.isObeyed && $0 != "\t" } }

    private func escaping(_ isEscaped: (Unicode.Scalar) -> Bool) -> String {
        guard unicodeScalars.contains(where: isEscaped) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if isEscaped(scalar) { text += scalar.escaped } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Control characters, and those that change the direction of what follows.
    fileprivate var isObeyed: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    fileprivate var escaped: String {
        utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
