import Foundation
import Ingest
import Pictures
import Storage
import Tensors
import Testing
import TrainingTestSupport

@testable import Training

/// Files against the library that parses them. It crashes on some; what `tributary check-file` survives must be harmless here, too.
@Suite(.serialized) struct FileFuzzTests {
    @Test func aMutatedDatasetGivesImagesOrASentence() async {
        await #expect(processExitsWith: .success) {
            var mutator = Mutator(seed: FuzzPlan.seed &+ 4)
            var bench = try FileBench("dataset")
            defer { bench.remove() }
            let good = try bench.datasets()
            for number in 0..<FuzzPlan.files {
                let bytes = mutator.mutated(good[number % good.count])
                try bench.open(number % 4 < 2 ? bytes : ObjectHeaders.sealed(bytes)) { try FileBench.openDataset($0) }
            }
            bench.checkEndings()
        }
    }

    /// Behind seals and checksums that fit, so that HDF5 and the decoder see the mutations.
    @Test func aMutatedCheckpointBehindAGoodSealGivesAStateOrASentence() async {
        await #expect(processExitsWith: .success) {
            var mutator = Mutator(seed: FuzzPlan.seed &+ 5)
            var bench = try FileBench("checkpoint")
            defer { bench.remove() }
            let good = try FileBench.checkpoint()
            for _ in 0..<FuzzPlan.files {
                try bench.open(CheckpointSeal.seal(ObjectHeaders.sealed(mutator.mutated(good)))) { path in
                    _ = try Checkpoint(Array(Data(contentsOf: URL(fileURLWithPath: path))), file: path)
                }
            }
            bench.checkEndings()
        }
    }
}

/// A file on disk for what reads files there.
private struct FileBench {
    private let kind: String
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    private var path: String { folder + "/a.h5" }
    private var endings: [String: Int] = [:]

    /// - Parameter kind: What `check-file` calls the files.
    init(_ kind: String) throws {
        self.kind = kind
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Eleven images of 2 x 3 x 3 with names, splits and targets, in one piece or compressed.
    func dataset(_ compatibility: File.Compatibility, _ layout: Layout = .contiguous) throws -> [UInt8] {
        let file = try File.create(inMemory: compatibility)
        let pixels = (0..<11 * 18).map { UInt8($0 % 251) }
        let features = try file.root.write("features", pixels, shape: [11, 2, 3, 3], layout: layout)
        try features.setVariableLengthAttribute("DIMENSION_LABELS", ["batch", "channel", "height", "width"])
        try features.setAttribute("axes", ["batch", "channel", "height", "width"])
        let targets = try file.root.write("targets", [UInt8](repeating: 1, count: 22), shape: [11, 2])
        try targets.setAttribute("names", ["Smiling", "Young"])
        try file.root.setAttribute("crop", "center-148")
        try file.root.write("chosen", [1, 3, 5], shape: [3], layout: .checksummed(shape: [3]))
        try file.root.setSplits([
            SplitEntry(split: "train", source: "features", rows: 0..<8),
            SplitEntry(split: "valid", source: "features", rows: 8..<11),
            SplitEntry(split: "few", source: "features", rows: 0..<11, indices: "/chosen"),
        ])
        return try file.image()
    }

    /// Every layout that is told apart, in the oldest and the newest format.
    func datasets() throws -> [[UInt8]] {
        let layouts: [Layout] = [
            .contiguous, .chunked([2, 2, 3, 3], gzip: 4), .checksummed(shape: [11, 2, 3, 3]),
            .chunked([3, 1, 2, 3], shuffle: true, gzip: 1, fletcher32: true),
        ]
        return try layouts.flatMap { [try dataset(.earliest, $0), try dataset(.latest, $0)] } + [
            LZFFile.bytes, try groups(.earliest), try groups(.latest),
        ]
    }

    /// Groups with a dataset for each image, numbers in one and picture files in the other.
    private func groups(_ compatibility: File.Compatibility) throws -> [UInt8] {
        let file = try File.create(inMemory: compatibility)
        for split in ["train", "test"] {
            let group = try file.root.createGroup(split)
            for number in 0..<3 {
                let pixels = (0..<192).map { UInt8(($0 * 7 + number) % 256) }
                if compatibility == .latest {
                    let picture = try PNG.encode(Image(width: 8, height: 8, channels: 3, pixels: pixels))
                    try group.write("\(number)", picture, shape: [picture.count])
                } else {
                    try group.write("img\(number)", pixels, shape: [8, 8, 3])
                }
            }
            try group.write("labels", [UInt8](0..<3), shape: [3])
        }
        return try file.image()
    }

    /// Has the command open a file, and, where that went well, opens it here, where a crash ends the test.
    mutating func open(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let ending = try check()
        endings[ending, default: 0] += 1
        guard ending == "opened" else { return }
        do {
            try body(path)
        } catch  where kind == "dataset" {
            // Values and what is behind filters are looked at here alone, where the library has no part in it.
            endings["refused here", default: 0] += 1
        } catch {
            preconditionFailure("what another process opened is refused here: \(error)")
        }
    }

    private func check() throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.command)
        process.arguments = ["check-file", kind, path]
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
        switch (process.terminationReason, process.terminationStatus) {
        case (.exit, 0): return "opened"
        case (.exit, 1): return "refused"
        case (.uncaughtSignal, let signal): return "signal \(signal)"
        case (_, let status): preconditionFailure("check-file exits with \(status)")
        }
    }

    private static var command: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("tributary").path
    }

    /// Says that mutations were neither all harmless nor all plain to see.
    func checkEndings() {
        precondition(endings["opened", default: 0] > 0 && endings["refused", default: 0] > 0, "\(endings)")
    }

    /// Does with a file all that `data inspect` and a run do.
    static func openDataset(_ path: String) throws {
        let dataset = try ImageDataset(path)
        if let choice = try? dataset.choice() { _ = try SealedImages(dataset, choice).pixels(rows: choice.train.rows) }
        for split in dataset.splits { _ = try dataset.pixels(rows: Array(split.rows.prefix(16))) }
        _ = try dataset.targetValues()
        _ = try DatasetSummary(of: dataset)
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
