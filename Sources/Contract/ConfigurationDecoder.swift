extension ConfigurationNode {
    /// Reads a value of any decodable type, and refuses keys that the type does not know.
    ///
    /// - Throws: `ConfigurationProblem`, which gives the path of the key and, for an unknown one, the nearest known.
    public func decode<Value: Decodable>(_ type: Value.Type) throws(ConfigurationProblem) -> Value {
        let visits = DecodingVisits()
        do {
            let value = try read(type, NodeDecoder(node: self, visits: visits, codingPath: []))
            try visits.refuseUnknownKeys()
            return value
        } catch let problem as ConfigurationProblem {
            throw problem
        } catch {
            throw visits.problem(for: error)
        }
    }
}

extension ConfigurationNode {
    /// The keys that a type knows while it is read from this tree, by the paths of their groups.
    package func keysKnown<Value: Decodable>(to type: Value.Type) throws -> [String: Set<String>] {
        let visits = DecodingVisits()
        _ = try read(type, NodeDecoder(node: self, visits: visits, codingPath: []))
        return visits.known
    }
}

/// Which keys of which dictionaries were asked for: what a type knows is what it asks for.
final class DecodingVisits {
    private struct Visit {
        let path: String
        let present: Set<String>
        var known: Set<String>
    }
    private var visits: [Visit] = []

    /// Notes that a dictionary is being read; the result identifies it in `ask`.
    func enter(_ path: [any CodingKey], _ entries: [String: ConfigurationNode], known: [String]) -> Int {
        visits.append(Visit(path: text(of: path), present: Set(entries.keys), known: Set(known)))
        return visits.count - 1
    }

    func ask(_ visit: Int, _ key: String) { visits[visit].known.insert(key) }

    /// By the path of the dictionary. Two containers over one dictionary, as enumerations make them, know the union of their keys.
    var known: [String: Set<String>] {
        visits.reduce(into: [:]) { $0[$1.path, default: []].formUnion($1.known) }
    }

    func refuseUnknownKeys() throws(ConfigurationProblem) {
        let known = known
        for visit in visits {
            let known = known[visit.path] ?? []
            if let unknown = visit.present.subtracting(known).min() {
                throw ConfigurationProblem(unknownKey: unknown, at: visit.path, known: known)
            }
        }
    }

    /// What is wrong, from what a type's own `init(from:)` threw.
    func problem(for error: any Error) -> ConfigurationProblem {
        guard let error = error as? DecodingError else { return ConfigurationProblem(path: "", reason: "\(error)") }
        switch error {
        case .keyNotFound(let key, let context): return missing(key.stringValue, at: text(of: context.codingPath))
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return mismatch(at: text(of: context.codingPath), context.debugDescription)
        @unknown default: return ConfigurationProblem(path: "", reason: "\(error)")
        }
    }

    /// A missing key was often meant by an unknown one.
    private func missing(_ key: String, at path: String) -> ConfigurationProblem {
        let unknown = visits.last { $0.path == path }.map { $0.present.subtracting($0.known) } ?? []
        if let misspelt = nearest(to: key, in: unknown) {
            return ConfigurationProblem(unknownKey: misspelt, at: path, known: [key])
        }
        return ConfigurationProblem(path: path, reason: "the key \(key) is missing")
    }

    /// An enumeration that found none of its cases reports a mismatch; what it found instead says more.
    private func mismatch(at path: String, _ reason: String) -> ConfigurationProblem {
        if let visit = visits.last(where: { $0.path == path }), !visit.known.isEmpty,
            let unknown = visit.present.subtracting(visit.known).min()
        {
            return ConfigurationProblem(unknownKey: unknown, at: path, known: visit.known)
        }
        return ConfigurationProblem(path: path, reason: reason)
    }

    private func text(of path: [any CodingKey]) -> String {
        path.reduce("") { text, key in
            if let index = key.intValue { return "\(text)[\(index)]" }
            return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
        }
    }
}

private struct NodeDecoder: Decoder {
    let node: ConfigurationNode
    let visits: DecodingVisits
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .dictionary(let entries) = node else { throw mismatch("a group of keys") }
        let cases = (Key.self as? any CaseIterable.Type).map(caseNames) ?? []
        let visit = visits.enter(codingPath, entries, known: cases)
        return KeyedDecodingContainer(KeyedSource<Key>(decoder: self, entries: entries, visit: visit))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = node else { throw mismatch("a list") }
        return UnkeyedSource(decoder: self, elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { ScalarSource(decoder: self) }

    func descend(_ node: ConfigurationNode, _ key: any CodingKey) -> NodeDecoder {
        NodeDecoder(node: node, visits: visits, codingPath: codingPath + [key])
    }

    func mismatch(_ expected: String) -> DecodingError {
        .typeMismatch(
            ConfigurationNode.self,
            .init(codingPath: codingPath, debugDescription: "expected \(expected), got \(node.kind)"))
    }
}

private func caseNames(_ type: any CaseIterable.Type) -> [String] {
    func names<Keys: CaseIterable>(_ type: Keys.Type) -> [String] {
        Keys.allCases.compactMap { ($0 as? any CodingKey)?.stringValue }
    }
    return names(type)
}

/// Reads a value, scalars directly and everything else through its own `init(from:)`.
private func read<Value: Decodable>(_ type: Value.Type, _ decoder: NodeDecoder) throws -> Value {
    if let value = try scalar(type, decoder) { return value }
    return try Value(from: decoder)
}

private func scalar<Value: Decodable>(_ type: Value.Type, _ decoder: NodeDecoder) throws -> Value? {
    switch type {
    case is ConfigurationNode.Type: return decoder.node as? Value
    case is Bool.Type:
        guard case .boolean(let value) = decoder.node else { throw decoder.mismatch("true or false") }
        return value as? Value
    case is String.Type:
        guard case .string(let value) = decoder.node else { throw decoder.mismatch("a text") }
        return value as? Value
    case is Double.Type: return try real(decoder) as? Value
    case is Float.Type: return try float(decoder) as? Value
    case let type as any FixedWidthInteger.Type: return try integer(type, decoder) as? Value
    case let type as any (CaseIterable & RawRepresentable).Type: return try word(type, decoder) as? Value
    default: return nil
    }
}

/// A case of an enumeration by its text; nil where cases have none.
private func word<Words: CaseIterable & RawRepresentable>(_ type: Words.Type, _ decoder: NodeDecoder) throws -> Words? {
    let words = type.allCases.compactMap { $0.rawValue as? String }
    guard !words.isEmpty else { return nil }
    guard case .string(let text) = decoder.node,
        let value = type.allCases.first(where: { $0.rawValue as? String == text })
    else { throw decoder.mismatch("one of \(words.joined(separator: ", "))") }
    return value
}

private func real(_ decoder: NodeDecoder) throws -> Double {
    switch decoder.node {
    case .integer(let value): return Double(value)
    case .number(let value) where value.isFinite: return value
    default: throw decoder.mismatch("a number")
    }
}

private func float(_ decoder: NodeDecoder) throws -> Float {
    let value = Float(try real(decoder))
    guard value.isFinite else { throw decoder.mismatch("a number up to \(Float.greatestFiniteMagnitude)") }
    return value
}

private func integer<Integer: FixedWidthInteger>(_ type: Integer.Type, _ decoder: NodeDecoder) throws -> Integer {
    guard case .integer(let value) = decoder.node else { throw decoder.mismatch("a whole number") }
    guard let value = Integer(exactly: value) else {
        throw decoder.mismatch("a number from \(type.min) to \(type.max)")
    }
    return value
}

private struct IndexKey: CodingKey {
    let intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }

    init(_ index: Int) { intValue = index }
    init(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { return nil }
}

private struct KeyedSource<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: NodeDecoder
    let entries: [String: ConfigurationNode]
    let visit: Int
    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        let keys = entries.keys.sorted().compactMap { Key(stringValue: $0) }
        for key in keys { decoder.visits.ask(visit, key.stringValue) }
        return keys
    }

    func contains(_ key: Key) -> Bool {
        decoder.visits.ask(visit, key.stringValue)
        return entries[key.stringValue] != nil
    }

    func decodeNil(forKey key: Key) throws -> Bool { try value(key).node == .null }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try read(type, value(key)) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try value(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try value(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { decoder }

    func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }

    private func value(_ key: Key) throws -> NodeDecoder {
        decoder.visits.ask(visit, key.stringValue)
        guard let node = entries[key.stringValue] else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
        }
        return decoder.descend(node, key)
    }
}

private struct UnkeyedSource: UnkeyedDecodingContainer {
    let decoder: NodeDecoder
    let elements: [ConfigurationNode]
    var currentIndex = 0
    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    init(decoder: NodeDecoder, elements: [ConfigurationNode]) {
        self.decoder = decoder
        self.elements = elements
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type, next()) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> NodeDecoder {
        guard !isAtEnd else { throw decoder.mismatch("more than \(elements.count) elements") }
        currentIndex += 1
        return decoder.descend(elements[currentIndex - 1], IndexKey(currentIndex - 1))
    }
}

private struct ScalarSource: SingleValueDecodingContainer {
    let decoder: NodeDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.node == .null }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type, decoder) }
}
