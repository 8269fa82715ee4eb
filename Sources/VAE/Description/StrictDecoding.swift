extension Decoder {
    /// A keyed container that refuses keys that are none of `Keys`, naming the nearest that is.
    ///
    /// A misspelt setting would otherwise be passed over in silence and its default taken.
    public func strictContainer<Keys: CodingKey & CaseIterable>(
        keyedBy keys: Keys.Type
    ) throws -> KeyedDecodingContainer<Keys> {
        for key in try container(keyedBy: AnyKey.self).allKeys where Keys(stringValue: key.stringValue) == nil {
            throw unknownName(key.stringValue, among: keys, at: codingPath + [key], kind: "key")
        }
        return try container(keyedBy: keys)
    }

    /// One of several things, written as a bare word or as one key with settings below it.
    func choice<Names: CodingKey & CaseIterable>(of names: Names.Type) throws -> Choice<Names> {
        if let word = try? singleValueContainer().decode(String.self) {
            guard let name = Names(stringValue: word) else {
                throw unknownName(word, among: names, at: codingPath, kind: "name")
            }
            return Choice(name: name, container: nil, codingPath: codingPath)
        }
        let container = try strictContainer(keyedBy: names)
        guard let name = container.allKeys.first, container.allKeys.count == 1 else {
            let found = container.allKeys.map(\.stringValue).sorted().joined(separator: ", ")
            let sentence = "one name is expected here, not \(found.isEmpty ? "none" : found)"
            throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: sentence))
        }
        return Choice(name: name, container: container, codingPath: codingPath)
    }
}

extension Encoder {
    /// Writes a bare word.
    func encodeWord(_ name: some CodingKey) throws {
        var container = singleValueContainer()
        try container.encode(name.stringValue)
    }
}

/// What was chosen, with its settings if there are any.
struct Choice<Names: CodingKey & CaseIterable> {
    let name: Names
    fileprivate let container: KeyedDecodingContainer<Names>?
    fileprivate let codingPath: [any CodingKey]

    /// The settings below the name; for a bare word the default ones, where there are such.
    func settings<Settings: Decodable>(
        _ type: Settings.Type = Settings.self, default word: Settings? = nil
    ) throws -> Settings {
        if let container { return try container.decode(type, forKey: name) }
        if let word { return word }
        let sentence = "`\(name.stringValue)` needs settings below it"
        throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: sentence))
    }

    /// Refuses settings below a name that has none.
    func expectWord() throws {
        guard container != nil else { return }
        let sentence = "`\(name.stringValue)` takes no settings: write the bare word"
        throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: sentence))
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init?(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init?(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}

private func unknownName<Names: CodingKey & CaseIterable>(
    _ name: String, among names: Names.Type, at path: [any CodingKey], kind: String
) -> DecodingError {
    let known = names.allCases.map(\.stringValue)
    let nearest = known.min { distance($0, name) < distance($1, name) }
    let isNear = nearest.map { distance($0, name) <= 1 + name.count / 3 } ?? false
    let remedy = isNear ? "did you mean `\(nearest!)`?" : "known are \(known.joined(separator: ", "))"
    return .dataCorrupted(.init(codingPath: path, debugDescription: "unknown \(kind) `\(name)`; \(remedy)"))
}

/// How many letters must be inserted, deleted or replaced to turn one word into the other (Levenshtein).
private func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let replaced = diagonal + (letter == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
        }
    }
    return row[right.count]
}
