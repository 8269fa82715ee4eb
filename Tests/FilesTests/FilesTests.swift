import FilesTestSupport
import Foundation
import Synchronization
import Testing

@testable import Files

@Suite struct FilesTests {
    @Test func aProcessThatComputesLongerThanItMayIsToldSo() async {
        await #expect(processExitsWith: .signal(SIGXCPU)) {
            ResourceLimits.restrict(memory: 64 << 30, processorSeconds: 1)
            let limit = ContinuousClock.now + .seconds(120)
            while ContinuousClock.now < limit {}
        }
    }

    /// In a process of its own: what is ignored here is ignored in every process that another test starts meanwhile.
    @Test func aSignalThatIsIgnoredIsKnownToBe() async {
        await #expect(processExitsWith: .success) {
            #expect(!Signals.isIgnored(SIGUSR2))
            signal(SIGUSR2, SIG_IGN)
            #expect(Signals.isIgnored(SIGUSR2))
        }
    }

    /// 524 is what the kernel says over NFS; the C library has no word for it.
    @Test(arguments: [ENOLCK, EOPNOTSUPP, 524]) func aFileSystemWithoutLocksIsToldWithTheCure(_ code: Int32) {
        let sentence = FileError("lock run/lock", code: code).description
        #expect(sentence.hasPrefix("cannot lock run/lock: "))
        #expect(sentence.contains("has no locks: take a directory on a local disk") && !sentence.contains("Unknown"))
    }

    @Test func whoMayReadIsNotAskedWhoMayWrite() {
        let sentence = FileError("open keys/worker.key", code: EACCES).description
        #expect(
            sentence
                == "cannot open keys/worker.key: Permission denied; check the permissions of the file and its folders")
    }

    @Test func tooFewOpenFilesAreASentence() {
        #expect(throws: TooFewOpenFiles.self) { try OpenFiles.require(.max) }
        #expect(throws: Never.self) { try OpenFiles.require(64) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/nowhere/program")
        #expect(throws: FileError("start /nowhere/program", code: ENOENT)) { try process.start() }
    }

    @Test func aReplacedFileHasTheNewBytesAndLeavesNothingElse() throws {
        try withTemporaryDirectory { directory in
            let files = PosixFileSystem()
            try files.replaceDurably(directory + "/a", [1, 2, 3])
            try files.replaceDurably(directory + "/a", [4])
            #expect(try files.read(directory + "/a") == [4])
            #expect(try files.names(in: directory) == ["a"])
        }
    }

    @Test func aPipeIsReadToItsEndAndWaitedForOnlySoLong() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/pipe"
            try Process.run(URL(fileURLWithPath: "/usr/bin/mkfifo"), arguments: [path]).waitUntilExit()
            let error = #expect(throws: FileError.self) { try Descriptor.reading(path).readAll(patience: 50) }
            #expect(
                error?.description.hasPrefix(
                    "cannot read \(path): it is a pipe or a device, and nothing has come through it for 0 s") == true)
            let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let thread = Thread { try? FileHandle(forWritingTo: URL(fileURLWithPath: path)).write(contentsOf: bytes) }
            thread.start()
            #expect(try PosixFileSystem().read(path) == bytes)
        }
    }

    @Test func nothingThatNeverEndsIsRead() throws {
        for read in [
            { try PosixFileSystem().read("/dev/zero") }, { try PosixFileSystem().read("/dev/zero", atMost: 10) },
        ] {
            let error = #expect(throws: FileError.self) { try read() }
            #expect(error?.description.hasPrefix("cannot read /dev/zero: it has more than ") == true)
        }
        #expect(try PosixFileSystem().read("/dev/null") == [])
        try withTemporaryDirectory { directory in
            try PosixFileSystem().createDurably(directory + "/a", [1, 2, 3])
            #expect(try PosixFileSystem().read(directory + "/a", atMost: 3) == [1, 2, 3])
            #expect(throws: FileError.self) { try PosixFileSystem().read(directory + "/a", atMost: 2) }
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

    @Test(arguments: ["kept", "1234567890123456", "12 34"]) func aFileOfAnotherIsNoLock(_ text: String) throws {
        try withTemporaryDirectory { directory in
            try PosixFileSystem().createDurably(directory + "/lock", Array(text.utf8))
            let error = #expect(throws: NoLock.self) { _ = try DirectoryLock(directory) }
            #expect(error?.description.hasPrefix("\(directory)/lock is a file of something else") == true)
            #expect(try PosixFileSystem().read(directory + "/lock") == Array(text.utf8))
        }
    }

    /// As a process that is being started does, which has its parent's locks for a moment.
    @Test func aLockThatIsHeldForAMomentIsWaitedFor() throws {
        try withTemporaryDirectory { directory in
            let held = Mutex<DirectoryLock?>(try DirectoryLock(directory))
            #expect(throws: DirectoryInUse.self) { _ = try DirectoryLock(directory, isWaiting: false) }
            let thread = Thread {
                usleep(30_000)
                held.withLock { $0 = nil }
            }
            thread.start()
            #expect(throws: Never.self) { _ = try DirectoryLock(directory) }
        }
    }

    @Test func linesAreAddedAtTheEnd() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/log"
            try PosixFileSystem().createDurably(path, Array("zero\nhalf a li".utf8))
            let file = try LineFile(path, lines: ["zero"])
            try file.append("one")
            try file.append("two")
            #expect(try PosixFileSystem().read(path) == Array("zero\none\ntwo\n".utf8))
        }
    }

    @Test func whatAFailedAppendLeavesIsWrittenOver() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/log"
            let files = FullDisk()
            let file = try LineFile(path, lines: [], files: files)
            try file.append("one")
            files.isFull.withLock { $0 = true }
            #expect(throws: FileError.self) { try file.append("a line of which only the first half finds room") }
            files.isFull.withLock { $0 = false }
            try file.append("two")
            #expect(try PosixFileSystem().read(path) == Array("one\ntwo\n".utf8))
        }
    }

    @Test func temporariesOfDeadWritersGoAndNothingElse() throws {
        try withTemporaryDirectory { directory in
            let files = PosixFileSystem()
            let others = ["a.h5", "b.1.tmp.h5", "c.tmp", "d.one.tmp", "e.-1.tmp"]
            for name in others + ["a.h5.77.tmp", "metrics.jsonl.18446744073709551615.tmp"] {
                try files.createDurably("\(directory)/\(name)", [1])
            }
            try files.removeTemporaries(in: directory)
            #expect(try files.names(in: directory) == others)
        }
    }
}

/// A disk that takes only half of what is written while it is full.
private final class FullDisk: RealFileSystem {
    let isFull = Mutex(false)

    func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(FileError) {
        guard isFull.withLock({ $0 }) else { return try real.write(bytes, to: path, at: offset) }
        try real.write(Array(bytes.prefix(bytes.count / 2)), to: path, at: offset)
        throw FileError("write \(path)", code: ENOSPC)
    }
}

/// Runs a test in a directory of its own, which is removed afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
}
