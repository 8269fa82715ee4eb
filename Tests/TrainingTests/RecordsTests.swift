import Contract
import Files
import Hashing
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
            EvaluationMetrics(sums: [30, 20, 10], examples: 10)!, step: step, epoch: epoch, imagesPerSecond: 1,
            workers: 2)
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try PosixFileSystem().read(path), as: UTF8.self)
    }

    @Test func rowsHaveTheNamesThatToolsRelyOn() {
        #expect(
            Self.row(3).line
                == #"{"step":3,"epoch":1,"split":"train","negative_elbo":1.75,"reconstruction":1.5,"divergence":0.25,"images_per_second":12.3,"workers":2}"#
        )
        #expect(MetricsRow(line: Self.valid(8, epoch: 2).line) == Self.valid(8, epoch: 2))
        let infinite = EvaluationMetrics(sums: [.infinity, 1, 1], examples: 1)!
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
                try LineFile(path).append(#"{"step":6,"epo"#)
            }
            let torn = try PosixFileSystem().read(path).dropLast()
            try PosixFileSystem().replaceDurably(path, Array(torn))
            _ = try MetricsLog(path, resumingAt: 5, history: history)
            #expect(try Self.text(path) == (0..<5).map { Self.row($0).line + "\n" }.joined())
            history.add(EvaluationMetrics(sums: [30, 20, 10], examples: 10)!, epoch: 1)
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

    @Test func recomputedDigestsMustAgree() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/digests.jsonl"
            let (one, two) = (SHA256.digest([1]), SHA256.digest([2]))
            do {
                var log = try DigestLog(path)
                try log.record(one, step: 3)
            }
            var log = try DigestLog(path)
            try log.record(one, step: 3)
            try log.record(two, step: 6)
            let error = #expect(throws: DigestMismatch.self) { try log.record(two, step: 3) }
            #expect(error?.recorded == one.description && error?.computed == two.description)
            #expect(
                try Self.text(path) == #"{"step":3,"digest":"\#(one)"}"# + "\n" + #"{"step":6,"digest":"\#(two)"}"#
                    + "\n")
        }
    }

    @Test func nothingIsLeftInADirectoryThatIsRefused() throws {
        try withTemporaryDirectory { directory in
            try PosixFileSystem().createDurably(directory + "/holiday.jpg", [1])
            #expect(throws: DirectoryNotEmpty.self) { _ = try RunDirectory(directory, resume: false) }
            #expect(try PosixFileSystem().names(in: directory) == ["holiday.jpg"])
        }
    }

    @Test func aRunDirectoryIsLockedAndRefusedWhereItIsNotEmpty() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/deep/run"
            do {
                let run = try RunDirectory(path, resume: false)
                #expect(throws: DirectoryInUse.self) { _ = try RunDirectory(path, resume: true) }
                try run.write(configuration: "epochs: 1\n")
                #expect(try Self.text(run.configurationPath) == "epochs: 1\n")
            }
            let error = #expect(throws: DirectoryNotEmpty.self) { _ = try RunDirectory(path, resume: false) }
            #expect(error?.description.contains("continue the run in it with --resume") == true)
            let run = try RunDirectory(path, resume: true)
            #expect(try run.checkpoints.newest() == nil)
        }
    }
}
