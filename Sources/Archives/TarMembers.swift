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

    /// The files by name. A link that leads out of the archive or to nothing is no file, and one to a folder adds none, since they are there already.
    var files: [(path: String, bytes: Range<Int>)] {
        members.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { name in
            bytes(of: name).map { (String(decoding: name, as: UTF8.self), $0) }
        }
    }

    private func bytes(of name: [UInt8]) -> Range<Int>? {
        var name = name
        for _ in 0..<Self.longestChain {
            if case .file(let bytes) = members[name] { return bytes }
            guard let next = followingLink(of: name) else { return nil }
            name = next
        }
        return nil
    }

    /// A path with the link in it that comes first, to a file or to a folder, replaced by where it leads; nil where there is none.
    private func followingLink(of name: [UInt8]) -> [UInt8]? {
        let slash = UInt8(ascii: "/")
        for end in name.indices.filter({ name[$0] == slash }) + [name.count] {
            guard case .link(let target) = members[Array(name[..<end])] else { continue }
            let next = Self.path(target, from: String(decoding: name[..<end], as: UTF8.self))
            return next.map { Array($0.utf8) + name[end...] }
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
