import Files
import FilesTestSupport
import Foundation
import Storage
import Testing
import TrainingTestSupport

@testable import Training

@Suite struct BestCheckpointTests {
    /// A checkpoint whose state was evaluated, with these −ELBOs after these steps.
    private static func checkpoint(_ evaluations: [(step: Int, value: Double)]) throws -> Checkpoint {
        let last = evaluations.last?.step ?? 0
        var checkpoint = try CheckpointTests.checkpoint(after: 1)
        checkpoint.state.step = last
        checkpoint.history.valid = evaluations.map {
            History.Epoch(step: $0.step, epoch: 1, reconstruction: $0.value, divergence: 0)
        }
        return checkpoint
    }

    /// What the best checkpoint says, and which files of bests there are.
    private static func found(_ directory: RunDirectory) throws -> (step: Int, value: Double?) {
        let best = try directory.checkpoints.readBest()
        return (best.state.step, best.heldOutNegativeELBO)
    }

    private static func names(_ directory: RunDirectory) throws -> [String] {
        try PosixFileSystem().names(in: directory.paths.checkpoints).filter { $0.hasPrefix("best") }
    }

    /// A run that saved after the steps 2, 4 and 6, and was better than before after 1, 3 and 5.
    private static func run(_ path: String, to step: Int = 6, keeping kept: Int = 3) throws -> RunDirectory {
        let directory = try RunDirectory(path, resume: true, keeping: kept)
        let start = try checkpoint([])
        var records = try directory.records(resumingAt: start.state, history: start.history)
        for last in stride(from: 2, through: step, by: 2) {
            let rows = (1...last).map { (step: $0, value: $0 % 2 == 1 ? 100 - Double($0) : 200) }
            try records.saveBest(checkpoint(rows.dropLast()))
            _ = try records.save(checkpoint(rows))
        }
        return directory
    }

    @Test func theValueOfItsStateIsInItsFile() throws {
        try withTemporaryDirectory { path in
            let directory = try Self.run(path)
            let file = directory.checkpoints.bestPath
            let image = try CheckpointSeal.open(PosixFileSystem().read(file), file: file)
            let progress = try File.open(image: image, named: file).root.group("progress")
            #expect(try progress.attribute("held_out_negative_elbo", as: Double.self) == 95)
        }
    }

    /// Two of the earlier ones belong to checkpoints that are kept.
    @Test func earlierOnesStayAsLongAsACheckpointNeedsThem() throws {
        try withTemporaryDirectory { path in
            let names = try Self.names(Self.run(path, keeping: 3))
            #expect(names == ["best-before-0000000003.h5", "best-before-0000000005.h5", "best.h5"])
        }
        try withTemporaryDirectory { path in
            let names = try Self.names(Self.run(path, keeping: 2))
            #expect(names == ["best-before-0000000005.h5", "best.h5"])
        }
    }

    @Test(arguments: [(6, 5, 95.0), (5, 5, 95), (4, 3, 97), (3, 3, 97), (2, 1, 99)])
    func goingBackLeavesTheBestOfWhatStays(to step: Int, best: Int, value: Double) throws {
        try withTemporaryDirectory { path in
            let directory = try Self.run(path)
            try directory.goBack(to: step)
            #expect(try Self.found(directory) == (best, value))
        }
    }

    @Test func goingBackToBeforeAllEvaluationsLeavesNone() throws {
        try withTemporaryDirectory { path in
            let directory = try Self.run(path)
            try directory.goBack(to: 0)
            #expect(try Self.names(directory).isEmpty)
        }
    }

    /// The rows after the newest checkpoint come again, and so does the best of their states.
    @Test func whatTheResumedStateDoesNotContainIsForgotten() throws {
        try withTemporaryDirectory { path in
            let directory = try Self.run(path, to: 4)
            let resumed = try Self.checkpoint([(1, 99), (2, 200)])
            let records = try directory.records(resumingAt: resumed.state, history: resumed.history)
            #expect(records.best == 99)
            #expect(try Self.names(directory) == ["best.h5"])
        }
    }

    @Test func aStateThatNoCheckpointCameAfterIsReplacedWithoutATrace() throws {
        try withTemporaryDirectory { path in
            let directory = try RunDirectory(path, resume: true)
            let start = try Self.checkpoint([])
            var records = try directory.records(resumingAt: start.state, history: start.history)
            for step in 1...3 { try records.saveBest(Self.checkpoint([(step, 10 - Double(step))])) }
            #expect(try Self.names(directory) == ["best.h5"])
            #expect(try Self.found(directory) == (3, 7))
        }
    }

    @Test func aDamagedOneIsNamedAndReplaced() throws {
        try withTemporaryDirectory { path in
            let directory = try Self.run(path, to: 2)
            let file = directory.checkpoints.bestPath
            try PosixFileSystem().replaceDurably(file, PosixFileSystem().read(file).dropLast())
            let resumed = try Self.checkpoint([(1, 99), (2, 200)])
            var records = try directory.records(resumingAt: resumed.state, history: resumed.history)
            #expect(records.best == nil)
            #expect(records.bestProblem?.contains("\(file) is damaged") == true)
            try records.saveBest(Self.checkpoint([(1, 99), (2, 200), (3, 150)]))
            #expect(try Self.found(directory) == (3, 150))
        }
    }

    /// Whoever looks at files before they are parsed is not asked about one that is not there.
    @Test func aNewRunHasNoneAndNoProblem() throws {
        try withTemporaryDirectory { path in
            let directory = try RunDirectory(
                path, resume: false, check: { throw CheckpointError(file: $0, reason: "is not there") })
            let start = try Self.checkpoint([])
            let records = try directory.records(resumingAt: start.state, history: start.history)
            #expect(records.best == nil && records.bestProblem == nil)
        }
    }

    /// A death between any two calls, of the process or with its machine, and what the next start makes of it.
    @Test(arguments: [false, true]) func aDeathAtAnyMomentLeavesTheBestOfTheResumedState(losingPower: Bool) throws {
        for calls in 0... {
            var isOver = false
            try withTemporaryDirectory { path in
                do {
                    let directory = try Self.run(path, to: 4)
                    let dying = CheckpointStore(
                        directory: directory.paths.checkpoints,
                        files: DyingFileSystem(after: calls, losingPower: losingPower))
                    let best = try Self.checkpoint([(1, 99), (2, 200), (3, 97), (4, 200), (5, 95)])
                    isOver = (try? dying.saveBest(best.encode(), step: 5, keepingEarlier: true)) != nil
                }
                let directory = try RunDirectory(path, resume: true)
                let resumed = try Self.checkpoint([(1, 99), (2, 200), (3, 97), (4, 200)])
                let records = try directory.records(resumingAt: resumed.state, history: resumed.history)
                #expect(records.best == 97, "death after \(calls) calls")
                #expect(try Self.names(directory) == ["best-before-0000000003.h5", "best.h5"])
            }
            if isOver { break }
        }
    }

    /// The same while a run goes back to an earlier best.
    @Test(arguments: [false, true]) func aDeathWhileItGoesBackLosesNoBest(losingPower: Bool) throws {
        for calls in 0... {
            var isOver = false
            try withTemporaryDirectory { path in
                do {
                    let directory = try Self.run(path)
                    let dying = CheckpointStore(
                        directory: directory.paths.checkpoints,
                        files: DyingFileSystem(after: calls, losingPower: losingPower))
                    isOver = (try? dying.restoreBest { $0 <= 2 }) != nil
                }
                let directory = try RunDirectory(path, resume: true)
                let resumed = try Self.checkpoint([(1, 99), (2, 200)])
                let records = try directory.records(resumingAt: resumed.state, history: resumed.history)
                #expect(records.best == 99, "death after \(calls) calls")
                #expect(try Self.names(directory) == ["best.h5"])
            }
            if isOver { break }
        }
    }

    /// The lowest that is a number, of equal ones the first.
    @Test func theBestRowIsTheLowest() throws {
        let history = try Self.checkpoint([(1, .nan), (2, 9), (3, 7), (4, 7), (5, -.infinity)]).history
        #expect(history.best?.step == 3)
        #expect(try Self.checkpoint([(1, .nan)]).history.best == nil)
    }
}

/// A file system on which a process dies after so many changes. Where its machine loses power, too, renames that were not forced are half done in the
/// worst way: the old name is forgotten, the new one not learnt.
private final class DyingFileSystem: RealFileSystem, @unchecked Sendable {
    // One thread uses it.
    private var left: Int
    private let losesPower: Bool
    /// The targets of renames that were not forced, with what was there before.
    private var unforced: [(path: String, bytes: [UInt8]?)] = []

    init(after calls: Int, losingPower: Bool) { (left, losesPower) = (calls, losingPower) }

    private func spend() throws(FileError) {
        guard left > 0 else {
            if losesPower { losePower() }
            throw FileError("go on", code: EIO)
        }
        left -= 1
    }

    private func losePower() {
        for (path, bytes) in unforced.reversed() {
            if let bytes { try? real.replaceDurably(path, bytes) } else { try? real.remove(path) }
        }
        unforced = []
    }

    func create(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        try spend()
        try real.create(path, bytes)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try spend()
        let bytes = try? real.read(newPath)
        try real.rename(path, to: newPath)
        unforced.append((newPath, bytes))
    }

    func remove(_ path: String) throws(FileError) {
        try spend()
        try real.remove(path)
    }

    func synchronize(directory: String) throws(FileError) {
        try spend()
        try real.synchronize(directory: directory)
        unforced = []
    }
}
