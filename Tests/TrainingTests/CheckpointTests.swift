import Contract
import Files
import FilesTestSupport
import Foundation
import Tensors
import Testing
import TrainingTestSupport

@testable import Training

@Suite struct CheckpointTests {
    static let engine = Interpreter()

    static func checkpoint(after steps: Int = 3) throws -> Checkpoint {
        let program = try TrainingProgram.tiny()
        var trainer = try LocalTrainer.tiny(program)
        try trainer.train(to: steps)
        return Checkpoint(
            contract: try program.contract(engine: Interpreter(), dataFingerprint: "f"), run: "0123",
            state: trainer.state,
            history: trainer.history)
    }

    @Test func everythingComesBack() throws {
        let checkpoint = try Self.checkpoint(after: 8)
        let again = try Checkpoint(checkpoint.encode(), file: "a.h5")
        #expect(again.contract == checkpoint.contract && again.run == "0123" && again.history == checkpoint.history)
        #expect(again.state.digest == checkpoint.state.digest && again.state.step == 8)
        #expect(!again.history.valid.isEmpty && again.history.pendingSteps > 0)
    }

    @Test func sixStepsEqualThreeAndThreeAfterASave() throws {
        let program = try TrainingProgram.tiny()
        var straight = try LocalTrainer.tiny(program)
        for end in [3, 6] { try straight.train(to: end) }
        let saved = try Checkpoint(Self.checkpoint(after: 3).encode(), file: "a.h5")
        var resumed = try LocalTrainer(
            TrainingProgram(saved.contract), engine: Interpreter(), source: RandomExamples(), state: saved.state,
            history: saved.history)
        try resumed.train(to: 6)
        #expect(resumed.state.digest == straight.state.digest)
        #expect(resumed.history == straight.history)
    }

    /// Any bit, sampled over the whole file with every bit of the first 600 bytes among them.
    @Test func everyFlippedBitIsDetected() throws {
        let bytes = try Self.checkpoint().encode()
        let bits = Array(0..<600 * 8) + stride(from: 600 * 8, to: bytes.count * 8, by: 1009)
        for bit in bits {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CheckpointError.self, "bit \(bit)") { _ = try Checkpoint(damaged, file: "a.h5") }
        }
    }

    /// A thousand files of which one bit has turned: none gets past the seal, so HDF5 sees nothing of them.
    @Test func aFlippedBitAnywhereIsFoundBeforeAnythingIsParsed() throws {
        let bytes = try Self.checkpoint().encode()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let bit = Int.random(in: 0..<8 * bytes.count, using: &generator)
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CheckpointError.self, "bit \(bit)") { _ = try CheckpointSeal.open(damaged, file: "a.h5") }
        }
        #expect(try CheckpointSeal.open(bytes, file: "a.h5").count == bytes.count - 512)
    }

    @Test func tornFilesAreDetected() throws {
        let bytes = try Self.checkpoint().encode()
        for count in [0, 1, 511, 512, 513, bytes.count / 2, bytes.count - 1] {
            #expect(throws: CheckpointError.self) { _ = try Checkpoint(Array(bytes[..<count]), file: "a.h5") }
        }
        #expect(throws: CheckpointError.self) { _ = try Checkpoint(bytes + [0], file: "a.h5") }
    }

    @Test func theNewestThatVerifiesIsTakenAndOthersAreNamed() throws {
        try withTemporaryDirectory { directory in
            let store = CheckpointStore(directory: directory, keeping: 3)
            #expect(try store.newest() == nil)
            for steps in [1, 2, 3] { _ = try store.save(Self.checkpoint(after: steps).encode(), step: steps) }
            let newest = try #require(FileHandle(forWritingAtPath: store.path(ofStep: 3)))
            try newest.truncate(atOffset: 1000)
            let found = try #require(try store.newest())
            #expect(found.checkpoint.state.step == 2 && found.path == store.path(ofStep: 2))
            #expect(
                found.skipped.map(\.description) == [
                    "skipped a checkpoint: \(store.path(ofStep: 3)) is damaged: its content does not match the "
                        + "checksum in it"
                ])
        }
    }

    @Test func aCheckpointUnderAnotherNameIsNotTaken() throws {
        try withTemporaryDirectory { directory in
            let store = CheckpointStore(directory: directory)
            _ = try store.save(Self.checkpoint(after: 1).encode(), step: 9)
            let error = #expect(throws: NoUsableCheckpoint.self) { try store.newest() }
            #expect(error?.description.contains("is of step 1, not of the step in its name") == true)
        }
    }

    @Test func oldCheckpointsGo() throws {
        try withTemporaryDirectory { directory in
            let store = CheckpointStore(directory: directory)
            let bytes = try Self.checkpoint().encode()
            for step in 1...4 { _ = try store.save(bytes, step: step) }
            #expect(try store.steps() == [3, 4])
        }
    }

    /// After a resume from before damaged checkpoints, these are the newest by number.
    @Test func damagedNewerCheckpointsDoNotPushOutTheOneJustSaved() throws {
        try withTemporaryDirectory { directory in
            let store = CheckpointStore(directory: directory)
            for step in [7, 8] { try PosixFileSystem().createDurably(store.path(ofStep: step), [1, 2, 3]) }
            for step in 1...3 { _ = try store.save(Self.checkpoint(after: step).encode(), step: step) }
            #expect(try store.newest()?.checkpoint.state.step == 3)
            #expect(try store.steps() == [2, 3, 7, 8])
        }
    }

    /// Damaged ones do not count among those that are kept, so that a whole one is never removed for their sake.
    @Test func theOnlyOlderCheckpointThatIsWholeStays() throws {
        try withTemporaryDirectory { directory in
            let store = CheckpointStore(directory: directory)
            for step in 1...2 { _ = try store.save(Self.checkpoint(after: step).encode(), step: step) }
            for step in [3, 4] { try PosixFileSystem().createDurably(store.path(ofStep: step), [1, 2, 3]) }
            _ = try store.save(Self.checkpoint(after: 5).encode(), step: 5)
            #expect(try store.steps() == [2, 3, 4, 5])
            _ = try store.save(Self.checkpoint(after: 6).encode(), step: 6)
            #expect(try store.steps() == [5, 6])
        }
    }

    /// A disk that lies: the old checkpoint must not make room for what cannot be read.
    @Test func aSavedCheckpointThatIsNotWhatWasWrittenReplacesNothing() throws {
        try withTemporaryDirectory { directory in
            let store = CheckpointStore(directory: directory)
            for step in 1...2 { _ = try store.save(Self.checkpoint(after: step).encode(), step: step) }
            let lying = CheckpointStore(directory: directory, files: FailingFileSystem(failing: "read"))
            let bytes = try Self.checkpoint(after: 3).encode()
            #expect(throws: CheckpointError.self) { try lying.save(bytes, step: 3) }
            #expect(try store.steps() == [1, 2, 3])
        }
    }

    @Test func filesWithOtherNamesAreNoCheckpointsAndStay() throws {
        try withTemporaryDirectory { directory in
            let store = CheckpointStore(directory: directory)
            let names = ["step--5.h5", "step-0000000001-copy.h5", "step-1.h5"]
            for name in names { try PosixFileSystem().createDurably("\(directory)/\(name)", [1]) }
            let bytes = try Self.checkpoint().encode()
            for step in 2...5 { _ = try store.save(bytes, step: step) }
            #expect(try store.steps() == [4, 5])
            #expect(try PosixFileSystem().names(in: directory).filter(names.contains) == names)
        }
    }

    /// A file that nobody wrote by accident: its seal and digest are right.
    @Test func aStepBeyondCountingIsRefused() throws {
        var checkpoint = try Self.checkpoint(after: 1)
        checkpoint.state.step = 1 << 40
        let bytes = try checkpoint.encode()
        let error = #expect(throws: CheckpointError.self) { try Checkpoint(bytes, file: "a.h5") }
        #expect(error?.description.contains("1099511627776") == true)
    }

    @Test(arguments: [-1, 2, Int.max])
    func impossibleCountsOfStepsAreRefused(pending: Int) throws {
        var checkpoint = try Self.checkpoint(after: 1)
        checkpoint.history.pendingSteps = pending
        let bytes = try checkpoint.encode()
        #expect(throws: CheckpointError.self) { try Checkpoint(bytes, file: "a.h5") }
    }

    @Test(arguments: ["write", "rename", "synchronize"])
    func aSaveThatFailsLeavesTheOldOnes(_ call: String) throws {
        try withTemporaryDirectory { directory in
            let store = CheckpointStore(directory: directory)
            _ = try store.save(Self.checkpoint(after: 1).encode(), step: 1)
            let broken = CheckpointStore(directory: directory, files: FailingFileSystem(failing: call))
            let error = #expect(throws: FileError.self) { try broken.save(Self.checkpoint(after: 2).encode(), step: 2) }
            #expect(error?.description.hasSuffix("No space left on device; free some space and try again") == true)
            #expect(try PosixFileSystem().names(in: directory).allSatisfy { !$0.hasSuffix(".tmp") })
            #expect(try store.newest() != nil)
        }
    }
}

/// A file system whose disk is full for one kind of call.
private struct FailingFileSystem: RealFileSystem {
    let failing: String

    init(failing: String) { self.failing = failing }

    private func fail(_ call: String) throws(FileError) {
        if call == failing { throw FileError(call, code: ENOSPC) }
    }

    func read(_ path: String) throws(FileError) -> [UInt8] {
        failing == "read" ? try real.read(path).dropLast() : try real.read(path)
    }

    func create(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        try real.create(path, Array(bytes.prefix(failing == "write" ? 100 : bytes.count)))
        try fail("write")
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try fail("rename")
        try real.rename(path, to: newPath)
    }

    func synchronize(directory: String) throws(FileError) {
        try fail("synchronize")
        try real.synchronize(directory: directory)
    }
}
