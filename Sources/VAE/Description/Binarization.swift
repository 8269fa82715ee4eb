import Settings

/// How grey values from 0 to 1 become black and white pixels. Written `0.5`, `dynamic` or `static`.
public enum Binarization: Hashable, Sendable, ExpressibleByFloatLiteral {
    /// Pixels become 1 above this value and 0 up to it.
    case threshold(Float)
    /// A pixel is 1 with its grey value's probability, drawn anew in every pass.
    ///
    /// Source: Burda, Grosse and Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, section 5.
    case dynamic
    /// A pixel is 1 with its grey value's probability, drawn once for each example.
    ///
    /// Source: Salakhutdinov and Murray, "On the quantitative analysis of deep belief networks", ICML 2008, section 5.
    case `static`

    public init(floatLiteral value: Float) { self = .threshold(value) }
}

extension Binarization: Codable {
    private enum Names: String, CodingKey, CaseIterable { case dynamic, `static` }

    /// As settings describe it.
    static var kind: SettingKind { .either(.number(.any), .word(Names.allCases.map(\.rawValue))) }

    public init(from decoder: any Decoder) throws {
        if let threshold = try? decoder.singleValueContainer().decode(Float.self) {
            self = .threshold(threshold)
            return
        }
        guard let word = try? decoder.singleValueContainer().decode(String.self), let name = Names(rawValue: word)
        else {
            let sentence = "expected a number such as 0.5, or `dynamic`, or `static`"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: sentence))
        }
        self = name == .dynamic ? .dynamic : .static
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .threshold(let threshold):
            var container = encoder.singleValueContainer()
            try container.encode(threshold)
        case .dynamic: try encoder.encodeWord(Names.dynamic)
        case .static: try encoder.encodeWord(Names.static)
        }
    }
}
