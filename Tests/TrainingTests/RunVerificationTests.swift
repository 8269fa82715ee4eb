import Files
import Tensors
import Testing
import TrainingTestSupport

@testable import Training

@Suite struct RunVerificationTests {
    /// A run of 12 steps with a digest every 2 and checkpoints of 3 and 8.
    private func withRun(_ body: (String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let run = try RunDirectory(directory, resume: true)
            let program = try TrainingProgram.tiny()
            var trainer = try LocalTrainer.tiny(program)
            var records = try run.records(resumingAt: trainer.state, history: trainer.history)
            let contract = try program.contract(
                engine: Interpreter(), dataFingerprint: RandomExamples().fingerprint)
            for step in 1...12 {
                try trainer.train(to: step)
                if step % 2 == 0 { try records.record(trainer.state) }
                guard step == 3 || step == 8 else { continue }
                _ = try records.save(
                    Checkpoint(contract: contract, run: "0123", state: trainer.state, history: trainer.history))
            }
            try body(directory)
        }
    }

    private func verification(
        _ directory: String, _ steps: ClosedRange<Int>, engine: any Engine = Interpreter(),
        source: RandomExamples = RandomExamples()
    ) throws -> RunVerification {
        try RunVerification(directory, steps: steps, source: source) { _ in engine }
    }

    @Test(arguments: [(9...12, 8, 2), (8...9, 8, 1), (4...12, 3, 5), (2...5, 0, 2), (0...100, 0, 6)])
    func recordedDigestsComeOutEqual(_ steps: ClosedRange<Int>, from first: Int, equal: Int) throws {
        try withRun { directory in
            var verification = try verification(directory, steps)
            #expect(verification.firstStep == first && (verification.checkpoint == nil) == (first == 0))
            var reported: [Int] = []
            let verdict = try verification.run { reported.append($0.step) }
            #expect(verdict.difference == nil && verdict.equal == equal)
            #expect(reported == Array(first..<verdict.lastStep))
        }
    }

    @Test func aChangedRowIsFoundAndNothingIsComputedBehindIt() throws {
        try withRun { directory in
            let path = RunPaths(directory).digests
            let rows = try DigestLog.rows(path, neededUpTo: 12)
            let log = String(decoding: try PosixFileSystem().read(path), as: UTF8.self)
            try PosixFileSystem().replaceDurably(path, Array(log.replacing("\n", with: "\r\n").utf8))
            #expect(try DigestLog.rows(path, neededUpTo: 12).map(\.digest) == rows.map(\.digest))
            let text = log.replacing(rows[4].digest, with: rows[3].digest)
            try PosixFileSystem().replaceDurably(path, Array(text.utf8))
            var verification = try verification(directory, 4...12)
            let verdict = try verification.run()
            #expect(verdict.equal == 3 && verdict.lastStep == 10)
            #expect(verdict.difference?.step == 10)
            #expect(verdict.difference?.recorded == rows[3].digest && verdict.difference?.computed == rows[4].digest)
        }
    }

    @Test func aDamagedCheckpointIsPassedOverAndNamed() throws {
        try withRun { directory in
            let damaged = CheckpointStore(directory: RunPaths(directory).checkpoints).path(ofStep: 8)
            try PosixFileSystem().replaceDurably(damaged, [1, 2, 3])
            var verification = try verification(directory, 9...12)
            #expect(verification.firstStep == 3 && verification.skipped.map(\.path) == [damaged])
            #expect(try verification.run().equal == 2)
        }
    }

    @Test func whatCannotBeComparedIsASentence() throws {
        try withRun { directory in
            func reason(
                _ steps: ClosedRange<Int>, engine: any Engine = Interpreter(), source: RandomExamples = RandomExamples()
            ) -> String {
                let error = #expect(throws: (any Error).self) {
                    try verification(directory, steps, engine: engine, source: source)
                }
                return error.map { "\($0)" } ?? ""
            }
            #expect(
                reason(13...20)
                    == "\(directory)/digests.jsonl has no row from step 13 to 20: it has rows of the steps 2, 4, 6, 8, 10, 12"
            )
            var other = RandomExamples(trainingCount: 38)
            #expect(reason(2...4, source: other).contains("the data is 38 training and 11 held-out images here and 37"))
            other = RandomExamples()
            other.fingerprint = "others"
            #expect(reason(2...4, source: other).hasPrefix("the data is others here and random 1 x 4 x 4 in the run's"))
            #expect(reason(2...4, engine: RenamedInterpreter()).hasPrefix("the arithmetic is another here and "))
            for step in [3, 8] {
                try PosixFileSystem().remove(
                    CheckpointStore(directory: RunPaths(directory).checkpoints).path(ofStep: step))
            }
            #expect(reason(2...4).contains("holds no checkpoint"))
        }
    }
}
