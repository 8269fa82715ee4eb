import Archives
import Foundation
import Testing

@Suite("Zip archives")
struct ZipArchiveTests {
    private let members: [(name: String, bytes: [UInt8])] = [
        ("faces/", []), ("faces/1.jpg", [1, 2, 3]), ("faces/2.jpg", Array(repeating: 7, count: 70_000)), ("empty", []),
    ]

    @Test("members are listed and read by name; folders are left out")
    func reading() throws {
        try withTemporaryFolder { folder in
            try zip(members).write(to: "\(folder)/faces.zip")
            let archive = try ZipArchive("\(folder)/faces.zip")
            #expect(archive.members.map(\.name) == ["faces/1.jpg", "faces/2.jpg", "empty"])
            #expect(archive.members.map(\.size) == [3, 70_000, 0])
            #expect(try archive.members.map { try archive.contents(of: $0) } == members.dropFirst().map(\.bytes))
        }
    }

    @Test("a damaged member is named, and the others still read")
    func damagedMember() throws {
        try withTemporaryFolder { folder in
            var bytes = zip(members)
            let position = try #require(bytes.firstRange(of: [1, 2, 3] as [UInt8])?.lowerBound)
            bytes[position] = 9
            try bytes.write(to: "\(folder)/faces.zip")
            let archive = try ZipArchive("\(folder)/faces.zip")
            let error = #expect(throws: ArchiveError.self) { try archive.contents(of: archive.members[0]) }
            #expect(error?.description == "faces/1.jpg in \(folder)/faces.zip is corrupt: CRC error")
            #expect(try archive.contents(of: archive.members[1]) == members[2].bytes)
        }
    }

    @Test(
        "a cut archive, a web page saved as one and a missing file are refused in a sentence",
        arguments: [
            (Array(zip([("a", [1, 2, 3])]).dropLast(10)), "is not a whole zip archive; fetch it again"),
            (Array("<html>Quota exceeded</html>".utf8), "is not a whole zip archive; fetch it again"),
            (nil, "cannot be opened: No such file"),
        ])
    func refusals(bytes: [UInt8]?, reason: String) throws {
        try withTemporaryFolder { folder in
            try bytes?.write(to: "\(folder)/faces.zip")
            let error = #expect(throws: ArchiveError.self) { try ZipArchive("\(folder)/faces.zip") }
            #expect(error?.description == "\(folder)/faces.zip \(reason)")
        }
    }

    @Test("a directory that promises more than the member holds is caught without allocating it")
    func lyingSize() throws {
        try withTemporaryFolder { folder in
            var bytes = zip([("a", [1, 2, 3])])
            let directory = try #require(bytes.firstRange(of: [0x50, 0x4B, 1, 2] as [UInt8])?.lowerBound)
            bytes.replaceSubrange(directory + 24..<directory + 28, with: [0xFF, 0xFF, 0xFF, 0x7F])
            try bytes.write(to: "\(folder)/a.zip")
            #expect(throws: ArchiveError.self) {
                let archive = try ZipArchive("\(folder)/a.zip")
                _ = try archive.contents(of: archive.members[0])
            }
        }
    }

    @Test("a pipe is refused, and nobody waits for what comes through it")
    func pipe() throws {
        try withTemporaryFolder { folder in
            try makePipe("\(folder)/pipe")
            let error = #expect(throws: ArchiveError.self) { try ZipArchive("\(folder)/pipe") }
            #expect(error?.description == "\(folder)/pipe is a pipe, a socket or a device: name a file")
        }
    }
}
