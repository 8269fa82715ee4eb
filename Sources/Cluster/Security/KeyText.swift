import Messaging

/// The text of a file of keys: comments, and lines of a word and its value.
struct KeyText {
    let path: String
    private let values: [String: String]

    /// More than any such file has.
    private static let limit = 1 << 20

    /// - Throws: `KeyFileError` for a line that is none.
    init(_ bytes: [UInt8], path: String) throws(KeyFileError) {
        self.path = path
        values = Dictionary(try Self.pairs(bytes, path: path), uniquingKeysWith: { first, _ in first })
    }

    /// The words and values of all lines, in order.
    static func pairs(_ bytes: [UInt8], path: String) throws(KeyFileError) -> [(String, String)] {
        guard bytes.count <= limit else { throw KeyFileError(path: path, reason: "has more than a megabyte") }
        var pairs: [(String, String)] = []
        for (number, line) in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).enumerated() {
            if line.hasPrefix("#") { continue }
            let words = line.split(separator: " ")
            guard words.count == 2 else {
                throw KeyFileError(path: path, reason: "has a line \(number + 1) that is not a word and a value")
            }
            pairs.append((String(words[0]), String(words[1])))
        }
        return pairs
    }

    func value(_ word: String) throws(KeyFileError) -> String {
        guard let value = values[word] else { throw KeyFileError(path: path, reason: "has no line \"\(word) …\"") }
        return value
    }

    func secretKey(_ word: String) throws(KeyFileError) -> SecretKey {
        guard let key = SecretKey(try value(word)) else {
            throw KeyFileError(path: path, reason: "has no key of 40 characters after \"\(word)\"")
        }
        return key
    }

    func publicKey(_ word: String) throws(KeyFileError) -> PublicKey {
        guard let key = PublicKey(try value(word)) else {
            throw KeyFileError(path: path, reason: "has no key of 40 characters after \"\(word)\"")
        }
        return key
    }
}

/// A file that should hold keys and does not.
public struct KeyFileError: Error, Hashable, CustomStringConvertible {
    let path: String
    let reason: String

    public var description: String {
        "\(path) \(reason); copy it again, or make new keys with `tributary keys`"
    }
}
