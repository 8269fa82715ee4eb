import Files
import Foundation
import Testing

@Suite struct UnfinishedFileTests {
    @Test func aFinishedFileIsWholeAndAlone() throws {
        try withTemporaryDirectory { directory in
            let file = try UnfinishedFile(directory + "/a.h5")
            try file.write([1, 2, 3])
            #expect(FileStatus(directory + "/a.h5") == nil)
            try file.finish()
            #expect(try PosixFileSystem().read(directory + "/a.h5") == [1, 2, 3])
            #expect(try PosixFileSystem().names(in: directory) == ["a.h5"])
        }
    }

    @Test func oneThatGoesUnfinishedLeavesNothing() throws {
        try withTemporaryDirectory { directory in
            do { try UnfinishedFile(directory + "/a.h5").write([1]) }
            #expect(try PosixFileSystem().names(in: directory) == [])
        }
    }

    @Test func whatExistsStays() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a.h5"
            let late = try UnfinishedFile(path)
            try late.write([9])
            try PosixFileSystem().createDurably(path, [1])
            let error = #expect(throws: FileExists.self) { _ = try UnfinishedFile(path) }
            #expect(error?.description == "\(path) exists; name another, or say --force")
            #expect(throws: FileExists.self) { try late.finish() }
            #expect(try PosixFileSystem().read(path) == [1])
        }
    }

    /// As where two commands write to one name at the same time.
    @Test func ofTwoThatFinishTheFirstStays() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a.h5"
            let (first, second) = (try UnfinishedFile(path), try UnfinishedFile(path))
            try first.write([1])
            try second.write([2])
            try first.finish()
            #expect(throws: FileExists.self) { try second.finish() }
            #expect(try PosixFileSystem().read(path) == [1])
        }
    }

    @Test func whoMayReadAReplacedFileMayReadTheNewOne() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a.h5"
            try PosixFileSystem().createDurably(path, [1])
            #expect(chmod(path, 0o604) == 0)
            try UnfinishedFile(path, replacing: true).finish()
            let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(permissions == 0o604)
        }
    }

    @Test func onlyARegularFileIsReplaced() throws {
        try withTemporaryDirectory { directory in
            try PosixFileSystem().createDurably(directory + "/file", [1])
            let file = try UnfinishedFile(directory + "/file", replacing: true)
            try file.write([2])
            try file.finish()
            #expect(try PosixFileSystem().read(directory + "/file") == [2])
            try PosixFileSystem().createDirectory(directory + "/folder")
            try FileManager.default.createSymbolicLink(atPath: directory + "/link", withDestinationPath: "file")
            #expect(mkfifo(directory + "/pipe", 0o600) == 0)
            let names = try PosixFileSystem().names(in: directory)
            for name in ["folder", "link", "pipe"] {
                let before = FileStatus(atLink: "\(directory)/\(name)")
                #expect(throws: FileExists.self) {
                    try UnfinishedFile("\(directory)/\(name)", replacing: true).finish()
                }
                #expect(FileStatus(atLink: "\(directory)/\(name)") == before)
            }
            #expect(try PosixFileSystem().names(in: directory) == names)
        }
    }

    @Test func whatADeadWriterLeftGoesAndALivingOnesStays() throws {
        try withTemporaryDirectory { directory in
            let files = PosixFileSystem()
            let others = ["a.h5.backup", "a.h5.backup.12.tmp", "b.h5.12.tmp", "a.h5.x.tmp"]
            for name in others + ["a.h5.12.tmp"] { try files.createDurably("\(directory)/\(name)", [1]) }
            let first = try UnfinishedFile(directory + "/a.h5")
            try first.write([1])
            #expect(try files.names(in: directory).count == others.count + 1)
            try UnfinishedFile(directory + "/a.h5").finish()
            #expect(throws: FileExists.self) { try first.finish() }
            let other = try UnfinishedFile(directory + "/a.h5", replacing: true)
            #expect(FileStatus(first.temporaryPath) != nil && FileStatus(other.temporaryPath) != nil)
            withExtendedLifetime((first, other)) {}
            #expect(Set(try files.names(in: directory)).isSuperset(of: others + ["a.h5"]))
        }
    }
}
