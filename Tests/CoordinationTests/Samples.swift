import Contract
import Coordination

/// Small things that several tests start from.
enum Samples {
    static let run = RunIdentifier("000102030405060708090a0b0c0d0e0f")!
    static let fence = Fence(run: run, epoch: 1, step: 0)
    static let sizes = BulkSizes(
        parameterBytes: 40, partialBytes: 20, evaluationBytes: 8, exampleBytes: 4, chunkBytes: 16, windowBytes: 64)

    static func contract(shards: Int = 8, examples: Int = 100, microbatch: Int = 4) -> Contract {
        Contract(
            configuration: .dictionary([:]), trainingExamples: examples, validationExamples: 21, shards: shards,
            microbatch: microbatch, seed: 7, numericClass: NumericClass(elementType: "float32", engine: "none"),
            dataFingerprint: "data", probeDigest: "probe")
    }

    static func hello(_ name: String, threads: Int = 1, incarnation: UInt64 = 1, connection: Int = 1)
        -> WorkerMessage.Hello
    {
        WorkerMessage.Hello(
            name: name, host: "host", process: 1, threads: threads, incarnation: incarnation, connection: connection)
    }
}
