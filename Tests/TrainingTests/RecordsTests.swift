import Contract
import Files
import FilesTestSupport
import Hashing
import Synchronization
import Testing

@testable import Training

@Suite struct RecordsTests {
    static func row(_ step: Int, epoch: Int = 1) -> MetricsRow {
        MetricsRow(
            StepMetrics(step: step, reconstruction: 1.5, divergence: 0.25, gradientNorms: []), epoch: epoch,
            imagesPerSecond: 12.345, workers: 2)
    }

    static func valid(_ step: Int, epoch: Int) -> MetricsRow {
        MetricsRow(
            .sample(sums: [30, 20, 10], examples: 10), step: step,
            epoch: epoch, imagesPerSecond: 1,
            workers: 2)
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try PosixFileSystem().read(path), as: UTF8.self)
    }

    @Test func rowsHaveTheNamesThatToolsRelyOn() {
        #expect(
            Self.row(3).line
                == #"{"version":2,"step":4,"epoch":1,"split":"train","negative_elbo":1.75,"reconstruction":1.5,"divergence":0.25,"images_per_second":12.3,"workers":2}"#
        )
        #expect(MetricsRow(line: Self.valid(8, epoch: 2).line) == Self.valid(8, epoch: 2))
        let infinite = EvaluationMetrics.sample(sums: [.infinity, 1, 1], examples: 1)
        let row = MetricsRow(infinite, step: 1, epoch: 1, imagesPerSecond: 1, workers: 1)
        #expect(row.line.contains(#""reconstruction":null,"divergence":1,"#))
        #expect(MetricsRow(line: row.line)?.divergence == 1)
    }

    @Test func rowsAfterTheResumedStateAndTornOnesAreCut() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/metrics.jsonl"
            var history = History()
            do {
                let log = try MetricsLog(path, resumingAt: 0, history: history)
                for step in 0..<4 { try log.append(Self.row(step)) }
                try log.append(Self.valid(4, epoch: 1))
                for step in 4..<6 { try log.append(Self.row(step)) }
            }
            try PosixFileSystem().replaceDurably(
                path, PosixFileSystem().read(path) + Array(#"{"step":6,"epo"#.utf8))
            _ = try MetricsLog(path, resumingAt: 5, history: history)
            #expect(try Self.text(path) == (0..<5).map { Self.row($0).line + "\n" }.joined())
            history.add(
                .sample(sums: [30, 20, 10], examples: 10),
                afterSteps: 4,
                plan: try TrainingProgram.tiny().plan)
            do {
                let log = try MetricsLog(path, resumingAt: 5, history: history)
                try log.append(Self.valid(4, epoch: 1))
            }
            _ = try MetricsLog(path, resumingAt: 4, history: history)
            #expect(
                try Self.text(path)
                    == ((0..<4).map { Self.row($0).line } + [Self.valid(4, epoch: 1).line, ""]).joined(separator: "\n"))
        }
    }

    /// Version 1 counted rows of steps from 0, and said no version.
    @Test func aRunOfTheEarlierVersionGoesOnWithItsRowsCountedFromOne() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/metrics.jsonl"
            let values =
                #""negative_elbo":1.75,"reconstruction":1.5,"divergence":0.25,"images_per_second":12.3,"workers":2}"#
            let old =
                (0..<3).map { #"{"step":\#($0),"epoch":1,"split":"train",\#(values)"# }
                + [#"{"step":3,"epoch":1,"split":"valid",\#(values)"#]
            try PosixFileSystem().createDurably(path, Array((old.joined(separator: "\n") + "\n").utf8))
            var history = History()
            history.add(
                .sample(sums: [30, 20, 10], examples: 10),
                afterSteps: 3,
                plan: try TrainingProgram.tiny().plan)
            do {
                let log = try MetricsLog(path, resumingAt: 3, history: history)
                try log.append(Self.row(3))
            }
            let rows = try Self.text(path).split(separator: "\n").map { try #require(MetricsRow(line: $0)) }
            #expect(rows.map(\.step) == [1, 2, 3, 3, 4])
            #expect(try Self.text(path).split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"version":2,"step":"#) })
            #expect(rows[0] == MetricsRow(line: Self.row(0).line))
        }
    }

    @Test func aLineThatNobodyWroteIsNamed() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/metrics.jsonl"
            try PosixFileSystem().createDurably(path, Array("{}\n\(Self.row(0).line)\n".utf8))
            let error = #expect(throws: RecordError.self) {
                _ = try MetricsLog(path, resumingAt: 1, history: History())
            }
            #expect(error == RecordError(path: path, line: 1))
        }
    }

    /// After a power failure the last block of a file may come back as zeros, with whole rows of no checkpoint behind it.
    @Test func rowsBehindAHoleAreCutWhereNoCheckpointReliesOnThem() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/metrics.jsonl"
            let lines = [Self.row(0).line, Self.row(1).line, "\0\0\0\0", Self.row(3).line]
            try PosixFileSystem().createDurably(path, Array((lines.joined(separator: "\n") + "\n").utf8))
            #expect(throws: RecordError(path: path, line: 3)) {
                _ = try MetricsLog(path, resumingAt: 4, history: History())
            }
            _ = try MetricsLog(path, resumingAt: 2, history: History())
            #expect(try Self.text(path) == lines[..<2].map { $0 + "\n" }.joined())
        }
    }

    @Test func recomputedDigestsMustAgree() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/digests.jsonl"
            let (one, two) = (SHA256.digest([1]), SHA256.digest([2]))
            do {
                var log = try DigestLog(path, resumingAt: 0)
                try log.record(one, step: 3)
            }
            var log = try DigestLog(path, resumingAt: 0)
            try log.record(one, step: 3)
            try log.record(two, step: 6)
            let error = #expect(throws: DigestMismatch.self) { try log.record(two, step: 3) }
            #expect(error?.recorded == one.description && error?.computed == two.description)
            #expect(
                try Self.text(path) == #"{"step":3,"digest":"\#(one)"}"# + "\n" + #"{"step":6,"digest":"\#(two)"}"#
                    + "\n")
        }
    }

    @Test func aLogWithTwoDigestsOfOneStepIsRefused() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/digests.jsonl"
            let rows = [SHA256.digest([1]), SHA256.digest([2])].map { #"{"step":3,"digest":"\#($0)"}"# + "\n" }
            try PosixFileSystem().createDurably(path, Array(rows.joined().utf8))
            #expect(throws: DigestMismatch.self) { _ = try DigestLog(path, resumingAt: 0) }
        }
    }

    @Test func aStateWithAnotherDigestThanTheRecordedOneIsNotResumed() throws {
        try withTemporaryDirectory { directory in
            let run = try RunDirectory(directory, resume: true)
            let checkpoint = try CheckpointTests.checkpoint(after: 2)
            func open() throws -> RunRecords {
                try run.records(resumingAt: checkpoint.state, history: checkpoint.history)
            }
            var records = try open()
            try records.record(checkpoint.state)
            _ = try open()
            let text = try Self.text(run.paths.digests).replacing(checkpoint.state.digest.description, with: "0123")
            try PosixFileSystem().replaceDurably(run.paths.digests, Array(text.utf8))
            let error = #expect(throws: DigestMismatch.self) { _ = try open() }
            #expect(error?.recorded == "0123")
        }
    }

    /// What a checkpoint relies on is on the disk before it.
    @Test func rowsAreForcedToTheDiskBeforeTheCheckpoint() throws {
        try withTemporaryDirectory { directory in
            let files = RecordingFileSystem()
            let run = try RunDirectory(directory, resume: true, files: files)
            let checkpoint = try CheckpointTests.checkpoint(after: 1)
            var records = try run.records(resumingAt: checkpoint.state, history: checkpoint.history)
            try records.metrics.append(Self.row(0))
            try records.record(checkpoint.state)
            files.calls.withLock { $0 = [] }
            _ = try records.save(checkpoint)
            let calls = files.calls.withLock { $0 }
            let rename = try #require(calls.firstIndex { $0.hasPrefix("rename") })
            for log in ["metrics.jsonl", "digests.jsonl"] {
                #expect(calls[..<rename].contains("force \(directory)/\(log)"))
            }
            #expect(calls[..<rename].contains { $0.hasPrefix("force \(directory)/checkpoints/") })
            #expect(calls[rename...].contains("force the names in \(directory)/checkpoints"))
        }
    }

    @Test func temporariesOfADeadCoordinatorGoAtTheNextStart() throws {
        try withTemporaryDirectory { directory in
            do { _ = try RunDirectory(directory, resume: true) }
            let left = ["checkpoints/step-0000000001.h5", "samples/loss.png", "metrics.jsonl", "coordinator-epoch"]
            for name in left { try PosixFileSystem().createDurably("\(directory)/\(name).77.tmp", [1]) }
            let run = try RunDirectory(directory, resume: true)
            withExtendedLifetime(run) {}
            #expect(try PosixFileSystem().names(in: directory) == ["checkpoints", "lock", "samples"])
            for folder in ["checkpoints", "samples"] {
                #expect(try PosixFileSystem().names(in: "\(directory)/\(folder)") == [])
            }
        }
    }

    @Test func nothingIsLeftInADirectoryThatIsRefused() throws {
        try withTemporaryDirectory { directory in
            try PosixFileSystem().createDurably(directory + "/holiday.jpg", [1])
            try PosixFileSystem().createDurably(directory + "/letter.1.tmp", [1])
            for resume in [false, true] {
                let error = #expect(throws: DirectoryNotEmpty.self) { _ = try RunDirectory(directory, resume: resume) }
                #expect(error?.description == "\(directory) is not empty and holds no run: choose another directory")
            }
            #expect(try PosixFileSystem().names(in: directory) == ["holiday.jpg", "letter.1.tmp"])
        }
    }

    @Test(arguments: [false, true]) func aNewDiskIsEmpty(resume: Bool) throws {
        try withTemporaryDirectory { directory in
            try PosixFileSystem().createDirectory(directory + "/lost+found")
            _ = try RunDirectory(directory, resume: resume)
        }
    }

    @Test func aRunDirectoryIsLockedAndRefusedWhereItIsNotEmpty() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/deep/run"
            do {
                let run = try RunDirectory(path, resume: false)
                #expect(throws: DirectoryInUse.self) { _ = try RunDirectory(path, resume: true) }
                try run.write(configuration: "epochs: 1\n")
                #expect(try Self.text(run.paths.configuration) == "epochs: 1\n")
            }
            let error = #expect(throws: DirectoryNotEmpty.self) { _ = try RunDirectory(path, resume: false) }
            #expect(error?.description.contains("continue the run in it with --resume") == true)
            let run = try RunDirectory(path, resume: true)
            #expect(try run.checkpoints.newest() == nil)
        }
    }
}

/// A file system that notes what is forced to the disk and what gets its name.
private final class RecordingFileSystem: RealFileSystem {
    let calls = Mutex<[String]>([])

    private func note(_ call: String) { calls.withLock { $0.append(call) } }

    func synchronize(file path: String) throws(FileError) {
        note("force \(path)")
        try real.synchronize(file: path)
    }

    func synchronize(directory: String) throws(FileError) {
        note("force the names in \(directory)")
        try real.synchronize(directory: directory)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        note("rename to \(newPath)")
        try real.rename(path, to: newPath)
    }
}
