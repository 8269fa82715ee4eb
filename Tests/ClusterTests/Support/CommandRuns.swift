import FaultyNetwork
import Foundation
import Testing

/// A folder with drawn faces and two small models, in which the real command trains.
final class CommandRuns {
    let folder: String
    private var next = 0

    /// The models that runs are tried with.
    static let models = ["convolutions", "linear"]

    /// What `train` is told to compute in each numeric class that this machine has.
    static let classes: [[String]] = {
        let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let classes = [
            ("avx2", ["--instruction-set", "avx2"]), ("avx512bw", ["--instruction-set", "avx512"]),
            ("avx512_bf16", ["--precision", "bf16"]),
        ]
        return classes.filter { processor.contains(" \($0.0) ") }.map(\.1)
    }()

    /// Steps between rows of `digests.jsonl`.
    static let period = 50

    /// More than any test waits for.
    static let endless = 1_000_000_000

    init() throws {
        folder = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try Self.convolutions.write(toFile: configuration("convolutions"), atomically: true, encoding: .utf8)
        try Self.linear.write(toFile: configuration("linear"), atomically: true, encoding: .utf8)
        let (status, text) = try CommandProcess.run(
            "data", "synthesize", "faces", "--count", "2000", "--size", "16", "--out", folder + "/faces.h5")
        try #require(status == 0, "\(text)")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func configuration(_ model: String) -> String { "\(folder)/\(model).yaml" }

    /// A run directory that does not exist yet.
    func newDirectory() -> String {
        next += 1
        return "\(folder)/run-\(next)"
    }

    /// What `train` and `coordinator` are told, besides who computes.
    func arguments(_ model: String, _ directory: String, steps: Int) -> [String] {
        [
            "--config", configuration(model), "--data", folder + "/faces.h5", "--out", directory, "--steps",
            "\(steps)", "--digest-every", "\(Self.period)",
        ]
    }

    /// What a coordinator and a worker are told so that they talk over TCP, encrypted, under keys made now.
    func encrypted() throws -> (coordinator: [String], worker: [String], keys: String) {
        next += 1
        let keys = "\(folder)/keys-\(next)"
        let (status, text) = try CommandProcess.run("keys", "new", keys)
        try #require(status == 0, "\(text)")
        let address = "tcp://127.0.0.1:\(LoopbackPort.free())"
        return (
            ["--listen", address, "--keys", keys], ["--connect", address, "--keys", keys + "/workers/local"], keys
        )
    }

    /// Starts `train` with local workers of one thread.
    func start(_ model: String, workers: Int, _ directory: String, _ more: [String] = []) throws -> CommandProcess {
        try CommandProcess(
            ["train", "--workers", "\(workers)", "--threads", "1"]
                + arguments(model, directory, steps: Self.endless) + more)
    }

    /// Trains to the end with local workers.
    func train(
        _ model: String, workers: Int, threads: Int = 1, _ directory: String, steps: Int, _ more: [String] = []
    ) throws {
        let process = try CommandProcess(
            ["train", "--workers", "\(workers)", "--threads", "\(threads)"]
                + arguments(model, directory, steps: steps) + more)
        try #require(process.wait() == 0, "\(process.text)")
    }

    /// The rows of `digests.jsonl`, without one that is not complete.
    func digests(_ directory: String) throws -> [String] {
        let text = try String(contentsOfFile: directory + "/digests.jsonl", encoding: .utf8)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Waits until so many rows of `digests.jsonl` are there.
    func wait(for rows: Int, in directory: String, of process: CommandProcess) throws {
        while (try? digests(directory).count) ?? 0 < rows {
            try #require(process.isRunning, "\(process.text)")
            usleep(5_000)
        }
    }

    /// Expects the run to have the digests of one that nothing happened to.
    func expectQuietDigests(_ model: String, _ directory: String) throws {
        let rows = try digests(directory)
        let quiet = newDirectory()
        try train(model, workers: 1, quiet, steps: rows.count * Self.period)
        #expect(try digests(quiet) == rows)
    }

    private static let convolutions = """
        model:
          images: {channels: 3, height: 16, width: 16}
          encoder:
          - convolution: {filters: 8, window: 3, stride: 2, padding: 1, bias: false}
          - batch_normalization
          - leaky_relu: {slope: 0.1}
          - dropout_2d: {probability: 0.25}
          - flatten
          latents: 4
          decoder:
          - linear: {units: 768}
          - reshape: [3, 16, 16]
          - sigmoid
        objective: {likelihood: squared_error}
        learning_rate: 0.001
        shards: 8
        microbatch: 4
        seed: 3
        epochs: 1

        """

    private static let linear = """
        model:
          images: {channels: 3, height: 16, width: 16}
          encoder:
          - flatten
          - linear: {units: 32}
          - relu
          latents: 4
          decoder:
          - linear: {units: 768}
          - reshape: [3, 16, 16]
          - sigmoid
        objective: {likelihood: squared_error}
        learning_rate: 0.001
        shards: 8
        microbatch: 4
        seed: 4
        epochs: 1

        """
}
