import Files
import Foundation
import Synchronization
import Testing

@Suite struct UnfinishedFolderTests {
    @Test func aFinishedFolderIsWholeAndAlone() throws {
        try withTemporaryDirectory { directory in
            let folder = try UnfinishedFolder(directory + "/a/")
            try folder.write([1, 2], to: "one")
            #expect(FileStatus(directory + "/a") == nil)
            try folder.finish()
            #expect(try PosixFileSystem().read(directory + "/a/one") == [1, 2])
            #expect(try PosixFileSystem().names(in: directory) == ["a"])
        }
    }

    @Test func oneThatGoesUnfinishedLeavesNothing() throws {
        try withTemporaryDirectory { directory in
            do { try UnfinishedFolder(directory + "/a").write([1], to: "one") }
            #expect(try PosixFileSystem().names(in: directory) == [])
        }
    }

    @Test func anEmptyFolderIsFilledAndAnythingElseStays() throws {
        try withTemporaryDirectory { directory in
            let files = PosixFileSystem()
            try files.createDirectory(directory + "/empty")
            try UnfinishedFolder(directory + "/empty").finish()
            try files.createDirectory(directory + "/full")
            try files.createDurably(directory + "/full/mine", [1])
            try files.createDurably(directory + "/file", [1])
            try FileManager.default.createSymbolicLink(atPath: directory + "/link", withDestinationPath: "none")
            for name in ["full", "file", "link"] {
                let error = #expect(throws: FolderNotEmpty.self) { _ = try UnfinishedFolder("\(directory)/\(name)") }
                #expect(error?.description == "\(directory)/\(name) exists and is not an empty folder; name another")
            }
            #expect(try files.names(in: directory) == ["empty", "file", "full", "link"])
            #expect(try files.read(directory + "/full/mine") == [1])
        }
    }

    /// As where two commands write to one name at the same time.
    @Test func ofTwoThatFinishTheFirstStays() throws {
        try withTemporaryDirectory { directory in
            let (first, second) = (try UnfinishedFolder(directory + "/a"), try UnfinishedFolder(directory + "/a"))
            try first.write([1], to: "one")
            try second.write([2], to: "one")
            try first.finish()
            #expect(throws: FolderNotEmpty.self) { try second.finish() }
            #expect(try PosixFileSystem().read(directory + "/a/one") == [1])
        }
    }

    /// What one has made and not yet locked looks to others as if its writer had died.
    @Test func manyBeginAtOnceAndNoneTakesAnothers() throws {
        try withTemporaryDirectory { directory in
            let problems = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 8) { writer in
                do {
                    for number in 0..<50 {
                        try UnfinishedFolder(directory + "/a").write([UInt8(writer), UInt8(number)], to: "one")
                    }
                } catch {
                    problems.withLock { $0.append("\(error)") }
                }
            }
            let left = try PosixFileSystem().names(in: directory)
            #expect(problems.withLock(\.self) == [] && left == [])
        }
    }

    @Test func whatADeadWriterLeftGoesAndALivingOnesStays() throws {
        try withTemporaryDirectory { directory in
            let files = PosixFileSystem()
            try files.createDirectory(directory + "/a.12.tmp")
            try files.createDurably(directory + "/a.12.tmp/one", [1])
            let living = try UnfinishedFolder(directory + "/a")
            #expect(FileStatus(directory + "/a.12.tmp") == nil)
            try UnfinishedFolder(directory + "/a").finish()
            #expect(FileStatus(living.temporaryPath) != nil)
            withExtendedLifetime(living) {}
        }
    }
}
