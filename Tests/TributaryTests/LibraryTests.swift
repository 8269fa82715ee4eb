import Foundation
import Testing
import Tributary

@Suite(.enabled(if: Program.isBuilt)) struct LibraryTests {
    private let folder: FolderOfFaces
    private let faces: Dataset

    init() throws {
        folder = try FolderOfFaces()
        faces = try Dataset(folder["faces.h5"])
    }

    private func configuration(epochs: Int = 3) throws -> Configuration {
        var configuration = try Configuration(preset: "face", for: faces)
        configuration.epochs = epochs
        configuration.seed = 11
        return configuration
    }

    @Test(arguments: [1, 2]) func trainingHereGivesTheBitsOfTheCommand(threads: Int) async throws {
        let outcome = try await Run(folder["here"]).train(configuration(), on: faces, threads: threads)
        _ = try Program.run(
            "train", "--preset", "face", "--data", folder["faces.h5"], "--out", folder["there"], "--epochs", "3",
            "--seed", "11", "--workers", "2")
        let there = try Program.run("checkpoint", "digest", folder["there"])
        #expect(outcome.reason == .completed)
        #expect("\(outcome.digest)\n" == there)
        // What either wrote, the other reads.
        #expect(try Program.run("checkpoint", "digest", folder["here"]) == there)
        #expect(try "\(Model(folder["there"]).checkpoint.state.digest)" == outcome.digest)
    }

    @Test func aCancelledTrainingIsSavedAndGoesOnToTheSameBits() async throws {
        let (run, faces, configuration) = (Run(folder["run"]), faces, try configuration(epochs: 12))
        let (began, cancelled) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let task = Task {
            try await run.train(configuration, on: faces) { event in
                guard case .step(let step) = event, step.step == 2 else { return }
                began.signal()
                _ = cancelled.wait(timeout: .now() + 1200)
            }
        }
        // A task begins when another test has left one of the threads that tasks share.
        #expect(await isSignalled(began))
        task.cancel()
        cancelled.signal()
        let first = try await task.value
        #expect(first.reason != .completed)
        await #expect(throws: DirectoryNotEmpty.self) { try await run.train(configuration, on: faces) }
        let second = try await run.train(configuration, on: faces, resume: true)
        let quiet = try await Run(folder["quiet"]).train(configuration, on: faces)
        #expect(first.step < second.step)
        #expect(second.digest == quiet.digest)
    }

    private func isSignalled(_ semaphore: DispatchSemaphore) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: semaphore.wait(timeout: .now() + 1200) == .success)
            }
        }
    }

    @Test func codesDecodeToTheReconstructionsThatTheCommandShows() async throws {
        try await Run(folder["run"]).train(configuration(), on: faces)
        let model = try Model(folder["run"])
        let originals = try faces.images(0..<5, in: .valid)
        let codes = try model.encode(originals)
        let decoded = try model.decode(codes)
        #expect(codes.count == 5 && decoded.count == 5)
        #expect(try decoded == model.reconstruct(originals))
        #expect(Set(codes).count == 5)
        try model.sample(16, seed: 3).write(toPNG: folder["here.png"], columns: 4)
        _ = try Program.run(
            "sample", "--checkpoint", folder["run"], "--count", "16", "--columns", "4", "--seed", "3", "--out",
            folder["there.png"])
        let pictures = ["here.png", "there.png"].map { FileManager.default.contents(atPath: folder[$0]) }
        #expect(pictures[0] != nil && pictures[0] == pictures[1])
    }

    @Test func bytesOfADatasetComeBack() throws {
        let images = try faces.images(0..<4)
        #expect(try images.bytes == faces.pixels(of: [0, 1, 2, 3], in: .train))
        #expect(images.count == 4 && images.values.count == 4 * 3 * 16 * 16)
    }

    @Test func whatIsNoRunIsRefusedInASentence() {
        #expect(throws: NotARun.self) { try Model(folder.path) }
    }
}
