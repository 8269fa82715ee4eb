import Contract
import Coordination
import Tensors
import Training
import TrainingTestSupport

/// Good messages of every kind, of a run that exists.
enum Samples {
    static let run = RunIdentifier("000102030405060708090a0b0c0d0e0f")!
    static let fence = Fence(run: run, epoch: 1, step: 0)
    static let examples = RandomExamples(trainingCount: 100, validationCount: 21)
    static let sizes = BulkSizes(
        parameterBytes: 400, partialBytes: 200, evaluationBytes: 8, exampleBytes: 16, chunkBytes: 64, windowBytes: 256)

    static let contract: Contract = {
        do {
            let program = try TrainingProgram(.tiny, trainingExamples: 100, validationExamples: 21)
            return try program.contract(engine: Interpreter(), dataFingerprint: examples.fingerprint)
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    static let round = Round(step: 0, kind: .training)

    static let workerMessages: [WorkerMessage] = [
        .hello(.init(name: "worker-1", host: "host", process: 4_711, threads: 2, incarnation: 5)), .attach,
        .ready(probe: String(repeating: "0af9", count: 16)), .heartbeat(busy: 3), .parametersWanted,
        .rowsWanted(.init(split: .training, purpose: .microbatch, examples: Array(0..<20))),
        .rowsWanted(.init(split: .validation, purpose: .hurry, examples: [20])),
        .credit(bytes: 64), .partial(.init(round: round, lease: 1, node: 2, offset: 0, bytes: 64)),
        .partial(.init(round: round, lease: 2, node: 3, offset: 64, bytes: 8)), .leaving, .failed("no memory"),
        .memory(.init(process: 4_711, descriptor: 9, identity: 7, slots: 3, slotBytes: 200)),
        .sumStored(.init(round: round, lease: 1, node: 2, offset: 0, bytes: 200), MemorySlot(index: 0, stamp: 1)),
        .reached([[1, 2], [3]]), .delivered(.init(round: round, lease: 1, node: 2)),
        .rootSum(.init(round: round, duties: 1, node: 1, offset: 0, bytes: 64)),
        .statusWanted,
        .spans(
            .init(
                asked: .seconds(1), answered: .seconds(2),
                spans: [
                    .init(kind: .computing, lane: 1, step: 0, shard: 3, start: .seconds(1), length: .milliseconds(5))
                ])),
    ]

    static let coordinatorMessages: [CoordinatorMessage] = [
        .welcome(welcome), .accepted, .refused("other bits"),
        .lease(.init(identifier: 1, round: round, node: 2)), .lease(.init(identifier: 2, round: round, node: 5)),
        .heartbeat, .stranger, .credit(bytes: 64), .parameters(offset: 0, bytes: 64),
        .parameters(offset: 64, bytes: 336), .rows(.init(split: .training, examples: [1, 2], bytes: 32)),
        .rows(.init(split: .validation, examples: [20], bytes: 16)), .goodbye("done", .finished),
        .goodbye("stopped", .interrupted),
        .peers(.init(own: [1], entries: [.init(identity: [2], name: "b", address: "tcp://127.0.0.1:5", key: "")])),
        .duties(.init(number: 1, holders: [[1], [2]])),
        .lease(.init(identifier: 3, round: round, node: 3, duties: 1)), .parameters(offset: 0, bytes: 64, duties: 1),
        .parametersStored(MemorySlot(index: 1, stamp: 2)), .status(bytes: 9), .spansWanted(.seconds(3)),
    ]

    static let welcome = CoordinatorMessage.Welcome(
        name: "worker-1", contract: contract.canonicalJSON, parameterBytes: sizes.parameterBytes,
        partialBytes: sizes.partialBytes, evaluationBytes: sizes.evaluationBytes, exampleBytes: sizes.exampleBytes,
        chunkBytes: sizes.chunkBytes, windowBytes: sizes.windowBytes)
}
