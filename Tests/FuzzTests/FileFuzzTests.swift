import Foundation
import Ingest
import Storage
import Tensors
import Testing
import TrainingTestSupport

@testable import Training

/// Files against the library that parses them, in processes of their own: what breaks there breaks no test but this one.
@Suite(.serialized) struct FileFuzzTests {
    @Test func aMutatedDatasetGivesImagesOrASentence() async {
        await #expect(processExitsWith: .success) {
            var mutator = Mutator(seed: FuzzPlan.seed &+ 4)
            let bench = try FileBench()
            defer { bench.remove() }
            for good in [try bench.dataset(.earliest), try bench.dataset(.latest)] {
                for _ in 0..<FuzzPlan.files / 2 { bench.openDataset(mutator.mutated(good)) }
            }
        }
    }

    /// Behind a seal that fits, so that HDF5 and the decoder see every mutation.
    @Test func aMutatedCheckpointBehindAGoodSealGivesAStateOrASentence() async {
        await #expect(processExitsWith: .success) {
            var mutator = Mutator(seed: FuzzPlan.seed &+ 5)
            let good = try FileBench.checkpoint()
            for _ in 0..<FuzzPlan.files {
                let bytes = CheckpointSeal.seal(mutator.mutated(good))
                _ = try? Checkpoint(bytes, file: "a.h5")
            }
        }
    }
}

/// A file on disk for what reads files there.
private struct FileBench {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    private var path: String { folder + "/a.h5" }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Eleven images of 2 x 3 x 3 with names, splits and targets.
    func dataset(_ compatibility: File.Compatibility) throws -> [UInt8] {
        let file = try File.create(inMemory: compatibility)
        let features = try file.root.write("features", [UInt8](repeating: 7, count: 11 * 18), shape: [11, 2, 3, 3])
        try features.setAttribute("unit", "bytes")
        try file.root.write("targets", [UInt8](repeating: 1, count: 22), shape: [11, 2])
        try file.root.write("chosen", [1, 3, 5], shape: [3], layout: .checksummed(shape: [3]))
        try file.root.setSplits([
            SplitEntry(split: "train", source: "features", rows: 0..<8),
            SplitEntry(split: "valid", source: "features", rows: 8..<11),
            SplitEntry(split: "few", source: "features", rows: 0..<11, indices: "/chosen"),
        ])
        return try file.image()
    }

    func openDataset(_ bytes: [UInt8]) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let dataset = try ImageDataset(path)
            for split in dataset.splits { _ = try dataset.pixels(rows: Array(split.rows.prefix(16))) }
            _ = try dataset.targetValues()
        } catch {}
    }

    /// The HDF5 file within a checkpoint.
    static func checkpoint() throws -> [UInt8] {
        let source = RandomExamples()
        let program = try TrainingProgram(
            .tiny, trainingExamples: source.trainingCount, validationExamples: source.validationCount)
        var trainer = try LocalTrainer(
            program, engine: Interpreter(), source: source, state: program.initialState())
        try trainer.train(to: 3)
        let checkpoint = Checkpoint(
            contract: try program.contract(engine: Interpreter(), dataFingerprint: "f"), run: "0123",
            state: trainer.state, history: trainer.history)
        return Array(try checkpoint.encode().dropFirst(512))
    }
}
