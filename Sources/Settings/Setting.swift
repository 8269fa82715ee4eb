/// What a configuration file says under one key: where to start in this target.
///
/// Each type that is read from a configuration declares its keys' settings beside it (`DescribedKey`). The reference that
/// `tributary help configuration` prints is written from these declarations, and files are checked against them.
public struct Setting: Sendable {
    /// One sentence.
    public let meaning: String
    public let kind: SettingKind
    /// What a number counts, such as `epochs`; empty where it counts nothing.
    public let unit: String
    public let presence: Presence
    /// Words of other tools for the same.
    public let otherNames: [String]

    /// Whether a key may be left out.
    public enum Presence: Hashable, Sendable {
        case required
        /// With what it then is, as text.
        case optional(String)
    }

    /// - Parameters:
    ///   - fallback: What holds where the key is left out; nil for a key that must be there.
    ///   - otherNames: In lower case, with underscores.
    public init(
        _ meaning: String, _ kind: SettingKind, unit: String = "", default fallback: String? = nil,
        otherNames: [String] = []
    ) {
        self.meaning = meaning
        self.kind = kind
        self.unit = unit
        presence = fallback.map { .optional($0) } ?? .required
        self.otherNames = otherNames
    }
}

/// A key of a configuration file that says what it means.
///
/// `setting` is a `switch` over all keys, so a key that nobody has described does not compile.
public protocol DescribedKey: CodingKey, CaseIterable {
    var setting: Setting { get }
}

/// Keys that stand side by side.
public struct SettingGroup: Sendable {
    private let list: @Sendable () -> [(name: String, setting: Setting)]

    /// All keys of a type. They are asked when it is looked into, since what is made of lists may be in such a list itself.
    public init<Keys: DescribedKey>(_ keys: Keys.Type) {
        list = { Keys.allCases.map { ($0.stringValue, $0.setting) } }
    }

    public var entries: [(name: String, setting: Setting)] { list() }

    public var names: [String] { entries.map(\.name) }

    public subscript(name: String) -> Setting? { entries.first { $0.name == name }?.setting }
}
