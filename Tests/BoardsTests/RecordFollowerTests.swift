import Contract
import Files
import FilesTestSupport
import Pictures
import Synchronization
import Testing
import Training

@testable import Boards

@Suite struct RecordFollowerTests {
    @Test func eachRowBecomesAnEventAndSchedulesStandBesideIt() throws {
        try RecordedRun.use { run in
            let rows = RecordedRun.rows(1...6, others: #","bound":null,"accuracy":0.5"#)
            let log = try run.begin([])
            var follower = run.follower()
            for row in rows {
                try log.append(row.line)
                try follower.follow()
            }
            try follower.finish()
            let shown = try ShownEvents(run.paths)
            #expect(shown.show(rows))
            #expect(shown.numbers["train/bound"] == nil && shown.numbers["train/accuracy"]?.count == 6)
            let rates = shown.numbers["schedule/learning_rate"]?.map(\.value)
            let wanted = (0..<6).map { step in
                RecordedRun.configuration.learningRate.rate(
                    epochs: RecordedRun.plan.epochs(beforeStep: step),
                    nextEpochs: RecordedRun.plan.epochs(beforeStep: step + 1))
            }
            #expect(rates == wanted.map { Float($0) })
            #expect(shown.numbers["schedule/divergence_weight"]?.map(\.value) == [0.5, 0.625, 0.75, 0.875, 1, 1])
            #expect(shown.texts["configuration"]?.contains("seed: 5") == true)
            #expect(
                shown.hyperparameters == [
                    "_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info",
                ])
        }
    }

    /// The steps after a checkpoint come again, at another speed, and some of them before anybody looks; what a killed process did not write yet is written by the next.
    @Test(arguments: [(written: 9, kept: 9), (9, 6), (5, 8), (0, 6), (6, 7), (8, 6)])
    func aRunThatGoesOnShowsEachRowOnce(_ written: Int, _ kept: Int) throws {
        try RecordedRun.use { run in
            do {
                _ = try run.begin(Array(RecordedRun.rows(1...12).prefix(written)))
                var follower = run.follower()
                if written > 0 { try follower.follow() }
            }
            var rows = RecordedRun.rows(1...12)
            for index in kept..<rows.count { rows[index].imagesPerSecond += 7 }
            let log = try run.begin(Array(rows.prefix(kept)))
            for row in rows[kept..<kept + 2] { try log.append(row.line) }
            var follower = run.follower()
            try follower.follow()
            for row in rows[(kept + 2)...] { try log.append(row.line) }
            try follower.follow()
            let shown = try ShownEvents(run.paths)
            #expect(shown.show(rows))
            #expect(shown.hyperparameters.count == 2)
        }
    }

    @Test func aFinishedRunThatIsStartedAgainSaysNothingNew() throws {
        try RecordedRun.use { run in
            let rows = RecordedRun.rows(1...4)
            _ = try run.begin(rows)
            for _ in 0..<3 {
                var follower = run.follower()
                try follower.follow()
            }
            #expect(try ShownEvents(run.paths).show(rows))
        }
    }

    @Test func aTornRowWaitsForItsEnd() throws {
        try RecordedRun.use { run in
            let rows = RecordedRun.rows(1...2)
            _ = try run.begin([rows[0]])
            let (files, line) = (PosixFileSystem(), Array((rows[1].line + "\n").utf8))
            let length = try files.read(run.paths.metrics).count
            var follower = run.follower()
            try files.write(Array(line.prefix(30)), to: run.paths.metrics, at: length)
            try follower.follow()
            #expect(try ShownEvents(run.paths).show([rows[0]]))
            try files.write(line, to: run.paths.metrics, at: length)
            try follower.follow()
            #expect(try ShownEvents(run.paths).show(Array(rows.prefix(2))))
        }
    }

    /// As after a wrong sum.
    @Test func whereTheRunGoesBackNothingOfTheLostStepsIsShown() throws {
        try RecordedRun.use { run in
            _ = try run.begin(RecordedRun.rows(1...6))
            var follower = run.follower()
            try follower.follow()
            let others =
                RecordedRun.rows(1...2)
                + RecordedRun.rows(7...8).map { row in
                    var row = row
                    row.step -= 4
                    return row
                }
            _ = try run.begin(others)
            try follower.follow()
            #expect(try ShownEvents(run.paths).show(others))
        }
    }

    @Test func picturesComeOnceAndNotBeforeTheirRows() throws {
        try RecordedRun.use { run in
            let picture = try PNG.encode(Image(width: 3, height: 2, color: [1, 2, 3]))
            for name in ["samples-0001.png", "reconstructions-step-0000000003.png", "samples-0009.png", "loss.png"] {
                try PosixFileSystem().create("\(run.paths.samples)/\(name)", picture)
            }
            let log = try run.begin([])
            var follower = run.follower()
            for row in RecordedRun.rows(1...4) {
                try log.append(row.line)
                try follower.follow()
            }
            var again = run.follower()
            try again.follow()
            let shown = try ShownEvents(run.paths).pictures
            #expect(
                shown == [PictureKey(file: "samples-0001.png", plan: RecordedRun.plan)!]
                    + [PictureKey(file: "reconstructions-step-0000000003.png", plan: RecordedRun.plan)!])
            #expect(shown.map(\.step) == [2, 3])
        }
    }

    @Test func whatAFullDiskRefusedIsWrittenLater() throws {
        try RecordedRun.use { run in
            let rows = RecordedRun.rows(1...6)
            let log = try run.begin([])
            let disk = FillingDisk()
            var follower = run.follower(files: disk)
            for (index, row) in rows.enumerated() {
                try log.append(row.line)
                disk.isFull.withLock { $0 = [0, 1, 4, 5].contains(index) }
                try? follower.follow()
            }
            disk.isFull.withLock { $0 = false }
            try follower.follow()
            #expect(try ShownEvents(run.paths).show(rows))
        }
    }

    /// A disk that at times takes only the beginning of what is written.
    private final class FillingDisk: RealFileSystem {
        let isFull = Mutex(false)

        func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(FileError) {
            guard isFull.withLock({ $0 }) else { return try real.write(bytes, to: path, at: offset) }
            try real.write(Array(bytes.prefix(7)), to: path, at: offset)
            throw FileError("write \(path)", code: 28)
        }
    }
}
