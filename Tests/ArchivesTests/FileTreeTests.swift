import Archives
import Foundation
import Glibc
import Testing

@Suite("Files in folders and archives")
struct FileTreeTests {
    private let files: [(name: String, bytes: [UInt8])] = [
        ("b/2.txt", Array("two".utf8)), ("a/1.txt", Array("one".utf8)), ("__MACOSX/a/._1.txt", [1]), (".DS_Store", [2]),
        ("a/.ipynb_checkpoints/1.txt", [3]), ("Thumbs.db", [4]),
    ]

    private func expect(_ tree: FileTree, _ kind: FileTree.Kind) throws {
        #expect(tree.kind == kind && tree.ignored == 4)
        #expect(tree.entries.map(\.path) == ["a/1.txt", "b/2.txt"])
        #expect(try tree.entries.map { try tree.read($0) } == [Array("one".utf8), Array("two".utf8)])
        #expect(try tree.read(tree.entries[0], atMost: 2) == Array("on".utf8))
    }

    @Test("a folder, a zip and a tar, packed or not, give the same files; what systems leave behind is counted")
    func kinds() throws {
        try withTemporaryFolder { folder in
            for (name, bytes) in files {
                let path = URL(fileURLWithPath: "\(folder)/files/\(name)")
                try FileManager.default.createDirectory(
                    at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(bytes).write(to: path)
            }
            try expect(FileTree("\(folder)/files/"), .folder)
            try zip(files).write(to: "\(folder)/a.zip")
            try expect(FileTree("\(folder)/a.zip"), .zip)
            for (name, flag) in [("a.tar", "-cf"), ("a.tar.gz", "-czf"), ("a.tgz", "-czf")] {
                let tar = try Process.run(
                    URL(fileURLWithPath: "/usr/bin/tar"),
                    arguments: [flag, "\(folder)/\(name)", "-C", "\(folder)/files", "."])
                tar.waitUntilExit()
                try expect(FileTree("\(folder)/\(name)", scratch: folder), .tar)
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "a.tar", "a.tar.gz", "a.tgz", "a.zip", "files",
                ])
        }
    }

    @Test("a packed file is unpacked as it is read, and its end is looked at")
    func streams() throws {
        try withTemporaryFolder { folder in
            try gzipped.write(to: "\(folder)/text.gz")
            let tree = try FileTree("\(folder)/text.gz")
            let stream = try tree.stream(tree.entries[0], unpacking: true)
            #expect(try stream.read(9) == Array("Tributary".utf8))
            #expect(try stream.read(1_000) == plain.dropFirst(9) + [])
            try (gzipped + gzipped).write(to: "\(folder)/twice.gz")
            let twice = try FileTree("\(folder)/twice.gz")
            #expect(try twice.stream(twice.entries[0], unpacking: true).read(1_000) == plain + plain)
            for bytes in [gzipped.dropLast(9) + [], gzipped.enumerated().map { $0 == gzipped.count - 6 ? ~$1 : $1 }] {
                try bytes.write(to: "\(folder)/text.gz")
                let tree = try FileTree("\(folder)/text.gz")
                #expect(throws: ArchiveError.self) {
                    let stream = try tree.stream(tree.entries[0], unpacking: true)
                    while try !stream.read(100).isEmpty {}
                }
            }
        }
    }

    @Test("lines end with LF, CRLF or the file, over the borders of what is read at once")
    func lines() throws {
        try withTemporaryFolder { folder in
            let long = String(repeating: "x", count: 300_000)
            try Array("a\r\n\nb\n\(long)\nend".utf8).write(to: "\(folder)/a.txt")
            let tree = try FileTree("\(folder)/a.txt")
            let stream = try tree.stream(tree.entries[0])
            var lines: [String] = []
            while let line = try stream.line() { lines.append(String(decoding: line, as: UTF8.self)) }
            #expect(lines == ["a", "", "b", long, "end"])
        }
    }

    @Test("a loop of links ends, and a missing path and a pipe are a sentence")
    func links() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/a", withIntermediateDirectories: false)
            try [7].write(to: "\(folder)/a/x")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/a/again", withDestinationPath: folder)
            #expect(try FileTree(folder).entries.map(\.path) == ["a/x"])
            #expect(throws: ArchiveError.self) { try FileTree("\(folder)/none") }
            try makePipe("\(folder)/a/pipe")
            let tree = try FileTree("\(folder)/a")
            let pipe = try #require(tree.entries.first { $0.path == "pipe" })
            #expect(throws: ArchiveError.self) { try tree.read(pipe) }
        }
    }

    private func unpacked(_ path: String) throws -> [UInt8] {
        let tree = try FileTree(path)
        return try tree.stream(tree.entries[0], unpacking: true).read(1 << 20)
    }

    @Test("files packed with gzip and plain ones give the same bytes, whatever they are called")
    func packedOrPlain() throws {
        try withTemporaryFolder { folder in
            try gzipped.write(to: "\(folder)/compressed")
            try plain.write(to: "\(folder)/plain.gz")
            #expect(try unpacked("\(folder)/compressed") == plain)
            #expect(try unpacked("\(folder)/plain.gz") == plain)
        }
    }

    @Test(
        "a packed file that is cut or damaged is one sentence with its path",
        arguments: [
            (Array(gzipped.dropLast(9)), "is truncated"),
            (gzipped.enumerated().map { $0 == gzipped.count - 6 ? ~$1 : $1 }, "is corrupt: incorrect data check"),
        ])
    func damage(bytes: [UInt8], reason: String) throws {
        try withTemporaryFolder { folder in
            try bytes.write(to: "\(folder)/labels.gz")
            let error = #expect(throws: ArchiveError.self) { try unpacked("\(folder)/labels.gz") }
            #expect(error?.description == "\(folder)/labels.gz \(reason)")
        }
    }

    @Test("a missing file and a pipe are refused, and nobody waits for what comes through it")
    func noFile() throws {
        try withTemporaryFolder { folder in
            let missing = #expect(throws: ArchiveError.self) { try FileTree("\(folder)/nothing") }
            #expect(missing?.description == "\(folder)/nothing cannot be opened: No such file or directory")
            try makePipe("\(folder)/pipe")
            let error = #expect(throws: ArchiveError.self) { try FileTree("\(folder)/pipe") }
            #expect(error?.description == "\(folder)/pipe is a pipe, a socket or a device: name a file")
        }
    }

    @Test("names that are no UTF-8 stay two, in a folder and in a tar archive, and names in UTF-8 stay what they are")
    func names() throws {
        try withTemporaryFolder { folder in
            let root = "\(folder)/files"
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
            for (name, byte) in [([0xFF], 1), ([0xFE, 0x61], 2), (Array("é".utf8), 3)] as [([UInt8], UInt8)] {
                let path = Array("\(root)/".utf8) + name + [0]
                let descriptor = path.withUnsafeBytes {
                    open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o600)
                }
                #expect(withUnsafeBytes(of: byte) { Glibc.write(descriptor, $0.baseAddress!, 1) } == 1)
                close(descriptor)
            }
            for format in ["gnu", "posix"] {
                let tar = try Process.run(
                    URL(fileURLWithPath: "/usr/bin/tar"),
                    arguments: ["--format=\(format)", "-cf", "\(folder)/\(format).tar", "-C", root, "."])
                tar.waitUntilExit()
            }
            for path in [root, "\(folder)/gnu.tar", "\(folder)/posix.tar"] {
                let tree = try FileTree(path, scratch: folder)
                let found = try Dictionary(uniqueKeysWithValues: tree.entries.map { ($0.path, try tree.read($0)) })
                #expect(found == ["\\xFF": [1], "\\xFEa": [2], "é": [3]], "\(path): \(found)")
            }
        }
    }

    @Test("links in a tar archive are files, as in a folder, and of two members of one name the later one counts")
    func tarMembers() throws {
        try withTemporaryFolder { folder in
            let root = "\(folder)/files"
            for (name, text) in [("a/1.txt", "one"), ("b/2.txt", "two")] {
                try FileManager.default.createDirectory(
                    atPath: "\(root)/\(name.prefix(1))", withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/\(name)"))
            }
            try FileManager.default.linkItem(atPath: "\(root)/a/1.txt", toPath: "\(root)/b/hard.txt")
            for (link, target) in [
                ("a/soft.txt", "1.txt"), ("a/chain.txt", "./soft.txt"), ("b/up.txt", "../a/1.txt"),
                ("b/gone.txt", "none"),
                ("a/out.txt", "../../files.txt"), ("a/loop.txt", "loop.txt"), ("folder", "a"),
                ("b/through.txt", "../folder/1.txt"),
            ] {
                try FileManager.default.createSymbolicLink(atPath: "\(root)/\(link)", withDestinationPath: target)
            }
            func tar(_ arguments: String...) throws {
                let tar = try Process.run(URL(fileURLWithPath: "/usr/bin/tar"), arguments: arguments)
                tar.waitUntilExit()
                #expect(tar.terminationStatus == 0)
            }
            func texts(_ path: String) throws -> [String: String] {
                let tree = try FileTree(path, scratch: folder)
                let texts = try tree.entries.map { String(decoding: try tree.read($0), as: UTF8.self) }
                return Dictionary(uniqueKeysWithValues: zip(tree.entries.map(\.path), texts))
            }
            try tar("-cf", "\(folder)/a.tar", "-C", root, ".")
            let all = [
                "a/1.txt": "one", "a/soft.txt": "one", "a/chain.txt": "one", "b/2.txt": "two", "b/hard.txt": "one",
                "b/up.txt": "one", "b/through.txt": "one",
            ]
            #expect(try texts("\(folder)/a.tar") == all)
            #expect(try texts(root) == all)
            try Data("new".utf8).write(to: URL(fileURLWithPath: "\(root)/b/2.txt"))
            try tar("-rf", "\(folder)/a.tar", "-C", root, "./b/2.txt")
            #expect(try texts("\(folder)/a.tar") == all.merging(["b/2.txt": "new"]) { $1 })
        }
    }
}
