import ArgumentParser
import Foundation

/// Who adds gradients and passes parameters on.
enum Reduction: String, CaseIterable, ExpressibleByArgument {
    case star
    case scatter
    case groups
}

/// What all runs of a trial share: the data, the model, and where everything goes.
struct Trial {
    let directory: String
    let workers: Int
    let reduction: Reduction
    /// The first of the ports that are used: below those that the system gives to outgoing connections.
    let port: UInt16

    /// Steps between rows of `digests.jsonl`.
    static let digestEvery = 20

    /// Makes the directory, which is not there yet, and draws the data.
    init(_ directory: String, workers: Int, _ reduction: Reduction) throws {
        self.directory = directory
        self.workers = workers
        self.reduction = reduction
        port = .random(in: 10_000...28_000)
        try makeNewDirectory(directory)
        try Self.model.write(toFile: "\(directory)/model.yaml", atomically: true, encoding: .utf8)
        try prepare("data", "synthesize", "faces", "--count", "12000", "--size", "32", "--out", data)
        try prepare("keys", "new", keys)
    }

    private func prepare(_ arguments: String...) throws {
        let process = try ChildProcess("tributary", arguments, name: arguments[0], logs: directory)
        guard try process.end(within: 120) == 0 else { throw Problem("\(arguments[0]): \(process.lastLine)") }
    }

    private var data: String { "\(directory)/faces.h5" }
    private var keys: String { "\(directory)/keys" }

    /// What a worker is told besides its address.
    var workerArguments: [String] { ["--threads", "1", "--keys", "\(keys)/workers/local"] }

    /// What a coordinator is told about the run.
    var runArguments: [String] {
        [
            "--config", "\(directory)/model.yaml", "--data", data, "--digest-every", "\(Self.digestEvery)",
            "--checkpoint-every", "2s", "--keys", keys,
        ]
    }

    /// A step takes long enough that its compute, and not its messages, is what two cores do; a checkpoint is small.
    private static let model = """
        model:
          images: {channels: 3, height: 32, width: 32}
          encoder:
          - convolution: {filters: 16, window: 3, stride: 2, padding: 1, bias: false}
          - batch_normalization
          - leaky_relu: {slope: 0.1}
          - convolution: {filters: 32, window: 3, stride: 2, padding: 1, bias: false}
          - batch_normalization
          - leaky_relu: {slope: 0.1}
          - dropout_2d: {probability: 0.25}
          - flatten
          latents: 8
          decoder:
          - linear: {units: 2048}
          - reshape: [32, 8, 8]
          - transposed_convolution: {filters: 16, window: 4, stride: 2, padding: 1}
          - leaky_relu: {slope: 0.1}
          - transposed_convolution: {filters: 3, window: 4, stride: 2, padding: 1}
          - sigmoid
        objective: {likelihood: squared_error}
        learning_rate: 0.001
        shards: 32
        microbatch: 8
        seed: 3
        epochs: 1

        """
}
