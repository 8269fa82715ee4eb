import Contract
import Files
import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct GoingBackTests {
    private func directory(_ path: String) throws -> RunDirectory { try RunDirectory(path, resume: true) }

    @Test func goingBackForgetsLaterStatesForGood() throws {
        try withTemporaryDirectory { path in
            let directory = try directory(path)
            let store = CheckpointStore(directory: path + "/checkpoints", keeping: 3)
            var digests = try DigestLog(directory.paths.digests, resumingAt: 0)
            for steps in 1...3 {
                let checkpoint = try CheckpointTests.checkpoint(after: steps)
                _ = try store.save(checkpoint.encode(), step: steps)
                try digests.record(checkpoint.state.digest, step: steps)
            }
            try directory.goBack(to: 2)
            #expect(try store.steps() == [1, 2])
            #expect(try DigestLog.rows(directory.paths.digests, neededUpTo: 2).map(\.step) == [1, 2])
            #expect(try !PosixFileSystem().names(in: path).contains("going-back"))
        }
    }

    @Test func whatADeathLeavesOfItIsDoneAtTheNextStart() throws {
        try withTemporaryDirectory { path in
            do {
                let directory = try directory(path)
                let store = CheckpointStore(directory: path + "/checkpoints", keeping: 3)
                for steps in 1...3 {
                    _ = try store.save(CheckpointTests.checkpoint(after: steps).encode(), step: steps)
                }
                try PosixFileSystem().replaceDurably(path + "/going-back", Array("1\n".utf8))
                withExtendedLifetime(directory) {}
            }
            #expect(try directory(path).checkpoints.steps() == [1])
        }
    }
}
