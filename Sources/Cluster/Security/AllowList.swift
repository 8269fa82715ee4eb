import Messaging

/// The workers that may connect: names and public keys, one pair a line.
struct AllowList: Equatable {
    private(set) var names: [PublicKey: String] = [:]

    init() {}

    /// - Throws: `KeyFileError` for a line that is no name and key, or a name or key that stands there twice.
    init(_ bytes: [UInt8], path: String) throws(KeyFileError) {
        var seen: Set<String> = []
        for (name, text) in try KeyText.pairs(bytes, path: path) {
            guard let key = PublicKey(text), Self.isName(name) else {
                throw KeyFileError(
                    path: path, reason: "has a line that begins with \"\(name)\" and is not a name and a public key")
            }
            guard names[key] == nil, seen.insert(name).inserted else {
                throw KeyFileError(path: path, reason: "has the name or the key of \(name) twice")
            }
            names[key] = name
        }
    }

    func contains(_ name: String) -> Bool { names.values.contains(name) }

    mutating func add(_ name: String, _ key: PublicKey) { names[key] = name }

    mutating func remove(_ name: String) { names = names.filter { $0.value != name } }

    /// The file's bytes, sorted by name.
    var text: [UInt8] {
        let lines = names.sorted { $0.value < $1.value }.map { "\($0.value) \($0.key)\n" }
        return Array(("# Workers that may connect: name and public key.\n" + lines.joined()).utf8)
    }

    /// Whether a text may name a worker: letters, digits, `-`, `_` and inner dots, at most 64, since it also names a folder
    /// and stands in logs.
    static func isName(_ text: String) -> Bool {
        guard (1...64).contains(text.utf8.count), !text.hasPrefix("."), !text.hasPrefix("-") else { return false }
        return text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
