import Files
import Synchronization
import Testing
import Training

@testable import Boards

@Suite struct BoardTests {
    @Test func atItsEndEverythingIsThere() throws {
        try RecordedRun.use { run in
            let rows = RecordedRun.rows(1...8)
            let log = try run.begin([])
            let board = try Board(run.paths, RecordedRun.configuration, trainingExamples: 24) { Issue.record("\($0)") }
            for row in rows { try log.append(row.line) }
            board.finish(isFinished: true)
            let shown = try ShownEvents(run.paths)
            #expect(shown.show(rows))
            #expect(shown.hyperparameters.last == "_hparams_/session_end_info")
        }
    }

    @Test func whereNothingCanBeWrittenTheUserIsToldOnce() throws {
        try RecordedRun.use { run in
            try PosixFileSystem().create(run.paths.tensorboard, Array("mine".utf8))
            _ = try run.begin(RecordedRun.rows(1...2))
            let sentences = Mutex<[String]>([])
            let board = try Board(run.paths, RecordedRun.configuration, trainingExamples: 24) { sentence in
                sentences.withLock { $0.append(sentence) }
            }
            board.finish(isFinished: false)
            let told = sentences.withLock { $0 }
            #expect(told.count == 1)
            #expect(
                told.first?.contains("training goes on") == true && told.first?.contains(run.paths.tensorboard) == true)
            #expect(try PosixFileSystem().read(run.paths.tensorboard) == Array("mine".utf8))
        }
    }
}
