/// What a tar archive unpacks to, name by name: where two members have one name, the later one counts, and links stand for the files they lead to.
struct TarMembers {
    private enum Member {
        /// Where its bytes are in what is unpacked.
        case file(Range<Int>)
        case link(target: String)
    }

    /// By the bytes of their names, since two texts of other bytes can be equal.
    private var members: [[UInt8]: Member] = [:]

    /// Links lead to links so many times at most.
    private static let longestChain = 16

    mutating func addFile(_ name: String, _ bytes: Range<Int>) { members[Array(name.utf8)] = .file(bytes) }

    /// Another name of a member that came before; none where it did not.
    mutating func addHardLink(_ name: String, to other: String) {
        members[Array(name.utf8)] = members[Array(other.utf8)]
    }

    /// - Parameter target: A path from the link's folder on.
    mutating func addLink(_ name: String, to target: String) {
        members[Array(name.utf8)] = .link(target: target)
    }

    /// The files by name. A link that leads out of the archive, to a folder or to nothing is no file, as in a folder.
    var files: [(path: String, bytes: Range<Int>)] {
        members.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { name in
            bytes(of: name).map { (String(decoding: name, as: UTF8.self), $0) }
        }
    }

    private func bytes(of name: [UInt8]) -> Range<Int>? {
        var name = name
        for _ in 0..<Self.longestChain {
            switch members[name] {
            case .file(let bytes): return bytes
            case .link(let target):
                guard let next = Self.path(target, from: String(decoding: name, as: UTF8.self)) else { return nil }
                name = Array(next.utf8)
            case nil: return nil
            }
        }
        return nil
    }

    /// The path that a link in the archive leads to; nil where that is outside.
    private static func path(_ target: String, from link: String) -> String? {
        guard !target.hasPrefix("/") else { return nil }
        var parts = link.split(separator: "/").dropLast()
        for part in target.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts.joined(separator: "/")
    }
}
