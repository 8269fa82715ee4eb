/// What may stand under a key.
public indirect enum SettingKind: Sendable {
    case boolean
    case wholeNumber(ClosedRange<Int>)
    case powerOfTwo(upTo: Int)
    case number(NumberRange)
    case word([String])
    case text
    /// So many values of one kind.
    case list(SettingKind, counts: ClosedRange<Int>)
    case group(SettingGroup)
    /// Exactly one of several keys.
    case choice(SettingChoice)
    /// The short way to write it, and the long one.
    case either(SettingKind, SettingKind)
    /// Nothing: the key is written as a bare word.
    case nothing

    /// Any number of values of one kind.
    public static func list(_ kind: SettingKind) -> SettingKind { .list(kind, counts: 0...Int.max) }
    /// The keys of a type.
    public static func group<Keys: DescribedKey>(_ keys: Keys.Type) -> SettingKind { .group(SettingGroup(keys)) }

    /// Whether a group need not be written, since each of its keys may be left out.
    var isOptional: Bool {
        switch self {
        case .nothing: true
        case .group(let group): group.entries.allSatisfy { $0.setting.presence != .required }
        default: false
        }
    }
}

/// Several keys of which one is written.
public struct SettingChoice: Sendable {
    /// What is chosen, such as `layer`.
    public let name: String
    public let group: SettingGroup
    /// Whether a key without settings, or with none that it needs, is written as a bare word.
    public let takesWords: Bool

    public init<Keys: DescribedKey>(of name: String, _ keys: Keys.Type, takesWords: Bool) {
        self.name = name
        group = SettingGroup(keys)
        self.takesWords = takesWords
    }

    /// The alternatives that may be bare words.
    public var words: [String] {
        takesWords ? group.entries.filter { $0.setting.kind.isOptional }.map(\.name) : []
    }
}

/// Numbers between two bounds, each of which belongs to them or not.
public struct NumberRange: Hashable, Sendable, CustomStringConvertible {
    public let lower: Double
    public let includesLower: Bool
    public let upper: Double
    public let includesUpper: Bool

    public init(from lower: Double, included includesLower: Bool, to upper: Double, included includesUpper: Bool) {
        self.lower = lower
        self.includesLower = includesLower
        self.upper = upper
        self.includesUpper = includesUpper
    }

    public static let any = NumberRange(from: -.infinity, included: false, to: .infinity, included: false)
    public static let aboveZero = NumberRange(from: 0, included: false, to: .infinity, included: false)
    public static let zeroOrMore = NumberRange(from: 0, included: true, to: .infinity, included: false)
    /// [0, 1)
    public static let belowOne = NumberRange(from: 0, included: true, to: 1, included: false)
    /// (0, 1]
    public static let upToOne = NumberRange(from: 0, included: false, to: 1, included: true)

    /// From the bound on.
    public static func atLeast(_ lower: Double) -> NumberRange {
        NumberRange(from: lower, included: true, to: .infinity, included: false)
    }

    public func contains(_ value: Double) -> Bool {
        (includesLower ? value >= lower : value > lower) && (includesUpper ? value <= upper : value < upper)
    }

    /// In words, to follow "a number".
    public var description: String {
        let above = lower == -.infinity ? nil : includesLower ? "\(short(lower)) or more" : "above \(short(lower))"
        let below = upper == .infinity ? nil : includesUpper ? "up to \(short(upper))" : "below \(short(upper))"
        return [above, below].compactMap(\.self).joined(separator: ", ")
    }

    private func short(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
}
