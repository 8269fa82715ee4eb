import Files
import Foundation
import Testing

@Suite struct FilesTests {
    @Test func aReplacedFileHasTheNewBytesAndLeavesNothingElse() throws {
        try withTemporaryDirectory { directory in
            let files = PosixFileSystem()
            try files.replaceDurably(directory + "/a", [1, 2, 3])
            try files.replaceDurably(directory + "/a", [4])
            #expect(try files.read(directory + "/a") == [4])
            #expect(try files.names(in: directory) == ["a"])
        }
    }

    @Test func aFileOfManyBytesIsReadWhole() throws {
        try withTemporaryDirectory { directory in
            let bytes = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try PosixFileSystem().createDurably(directory + "/a", bytes)
            #expect(try PosixFileSystem().read(directory + "/a") == bytes)
        }
    }

    @Test func creatingDurablyRefusesAnExistingFile() throws {
        try withTemporaryDirectory { directory in
            try PosixFileSystem().createDurably(directory + "/a", [1])
            #expect(throws: FileError.self) { try PosixFileSystem().createDurably(directory + "/a", [2]) }
            #expect(try PosixFileSystem().read(directory + "/a") == [1])
        }
    }

    @Test func aFailureNamesTheFileAndTheReason() throws {
        let error = #expect(throws: FileError.self) { try PosixFileSystem().read("/nowhere/at-all") }
        #expect(error?.description == "cannot open /nowhere/at-all: No such file or directory")
        #expect(error?.isNotFound == true)
    }

    @Test func aLockedDirectoryNamesItsHolder() throws {
        try withTemporaryDirectory { directory in
            do {
                let first = try DirectoryLock(directory)
                let error = #expect(throws: DirectoryInUse.self) { _ = try DirectoryLock(directory) }
                #expect(error?.holder == getpid())
                #expect(error?.description.contains("in use by process \(getpid())") == true)
                withExtendedLifetime(first) {}
            }
            _ = try DirectoryLock(directory)
        }
    }

    @Test func linesAreAddedAtTheEnd() throws {
        try withTemporaryDirectory { directory in
            do { try LineFile(directory + "/log").append("one") }
            do { try LineFile(directory + "/log").append("two") }
            #expect(try PosixFileSystem().read(directory + "/log") == Array("one\ntwo\n".utf8))
        }
    }
}

/// Runs a test in a directory of its own, which is removed afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
}
