/// Turns any encodable value into a `ConfigurationNode`.
///
/// A `Float` becomes its shortest decimal form, so that 0.1 reads as 0.1 and comes back the same.
enum ConfigurationEncoder {
    static func encode(_ value: some Encodable) throws -> ConfigurationNode {
        let target = EncodingTarget()
        try value.encode(to: NodeEncoder(target: target, codingPath: []))
        return target.node
    }
}

extension ConfigurationNode {
    /// The tree that a value encodes to. Optional parts without a value are left out.
    public init(encoding value: some Encodable) throws { self = try ConfigurationEncoder.encode(value) }
}

/// Where a part of the tree is being built.
private final class EncodingTarget {
    enum Content {
        case scalar(ConfigurationNode)
        case array([EncodingTarget])
        case dictionary([String: EncodingTarget])
    }
    var content = Content.dictionary([:])

    var node: ConfigurationNode {
        switch content {
        case .scalar(let node): node
        case .array(let elements): .array(elements.map(\.node))
        case .dictionary(let entries): .dictionary(entries.mapValues(\.node))
        }
    }

    func set(_ node: ConfigurationNode) { content = .scalar(node) }

    func entry(_ key: String) -> EncodingTarget {
        var entries: [String: EncodingTarget] = [:]
        if case .dictionary(let existing) = content { entries = existing }
        let entry = entries[key] ?? EncodingTarget()
        entries[key] = entry
        content = .dictionary(entries)
        return entry
    }

    func element() -> EncodingTarget {
        var elements: [EncodingTarget] = []
        if case .array(let existing) = content { elements = existing }
        let element = EncodingTarget()
        content = .array(elements + [element])
        return element
    }
}

private struct NodeEncoder: Encoder {
    let target: EncodingTarget
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedTarget<Key>(target: target, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        target.content = .array([])
        return UnkeyedTarget(target: target, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        ScalarTarget(target: target, codingPath: codingPath)
    }
}

/// Writes a value, scalars directly and everything else through its own `encode(to:)`.
private func write(_ value: some Encodable, to target: EncodingTarget, _ path: [any CodingKey]) throws {
    switch value {
    case let value as Bool: target.set(.boolean(value))
    case let value as String: target.set(.string(value))
    case let value as Double: target.set(try finite(value, path))
    case let value as Float: target.set(try finite(Double("\(value)") ?? .nan, path))
    case let value as any BinaryInteger: target.set(try integer(value, path))
    case let value as ConfigurationNode: target.set(value)
    default: try value.encode(to: NodeEncoder(target: target, codingPath: path))
    }
}

private func finite(_ value: Double, _ path: [any CodingKey]) throws -> ConfigurationNode {
    guard value.isFinite else { throw unencodable(value, path) }
    return .real(value)
}

private func integer(_ value: any BinaryInteger, _ path: [any CodingKey]) throws -> ConfigurationNode {
    guard let value = Int(exactly: value) else { throw unencodable(value, path) }
    return .integer(value)
}

private func unencodable(_ value: Any, _ path: [any CodingKey]) -> EncodingError {
    .invalidValue(value, .init(codingPath: path, debugDescription: "\(value) has no place in a configuration"))
}

private struct KeyedTarget<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let target: EncodingTarget
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { target.entry(key.stringValue).set(.null) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try write(value, to: target.entry(key.stringValue), codingPath + [key])
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }

    func superEncoder() -> any Encoder { NodeEncoder(target: target.entry("super"), codingPath: codingPath) }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: Key) -> NodeEncoder {
        NodeEncoder(target: target.entry(key.stringValue), codingPath: codingPath + [key])
    }
}

private struct UnkeyedTarget: UnkeyedEncodingContainer {
    let target: EncodingTarget
    let codingPath: [any CodingKey]
    private(set) var count = 0

    init(target: EncodingTarget, codingPath: [any CodingKey]) {
        self.target = target
        self.codingPath = codingPath
    }

    mutating func encodeNil() { next().target.set(.null) }

    mutating func encode(_ value: some Encodable) throws { try write(value, to: next().target, codingPath) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder { next() }

    private mutating func next() -> NodeEncoder {
        count += 1
        return NodeEncoder(target: target.element(), codingPath: codingPath)
    }
}

private struct ScalarTarget: SingleValueEncodingContainer {
    let target: EncodingTarget
    let codingPath: [any CodingKey]

    func encodeNil() { target.set(.null) }

    func encode(_ value: some Encodable) throws { try write(value, to: target, codingPath) }
}
