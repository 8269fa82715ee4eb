import Contract
import Coordination

/// Carries out a worker's actions in memory.
struct SimulatedWorker {
    /// What its actions lead to.
    enum Output {
        case connect
        case send(Envelope<WorkerMessage>, payload: [Int], isBulk: Bool)
        /// Report that the contract's graph is built, after a while.
        case prepared
        /// Report the leaf, after a while.
        case computed(Leaf)
    }

    private struct Sum: Hashable {
        var round: Round
        var node: Int
    }

    var state: WorkerState
    private var contract: Contract?
    private var pixels: [PixelSplit: [UInt32: Int]] = [:]
    private var arriving: [Int] = []
    private var parameters: [Int] = []
    private var leaves: [Sum: [Int: [Int]]] = [:]
    private(set) var ending: (sentence: String, failed: Bool)?

    init(name: String, threads: Int) {
        state = WorkerState(
            .init(
                hello: Samples.hello(name, threads: threads), endpoint: "simulated",
                timing: SimulatedCoordinator.timing))
    }

    mutating func handle(_ event: WorkerEvent, _ payload: [Int], at now: Duration) -> [Output] {
        state.handle(event, at: now).compactMap { carryOut($0, payload) }
    }

    private mutating func carryOut(_ action: WorkerAction, _ payload: [Int]) -> Output? {
        switch action {
        case .connect: return .connect
        case .send(let envelope): return .send(envelope, payload: [], isBulk: false)
        case .sendBulk(let envelope): return .send(envelope, payload: [], isBulk: true)
        case .prepare(let contract, _):
            self.contract = contract
            return .prepared
        case .placeParameters(_, let offset):
            if offset == 0 { arriving = [] }
            precondition(arriving.count == offset / 4, "expected \(arriving.count), got \(offset / 4)")
            arriving += payload
        case .useParameters: parameters = arriving
        case .placeRows(let split, let examples):
            for (example, value) in zip(examples, payload) { pixels[split, default: [:]][example] = value }
        case .compute(let leaf):
            compute(leaf)
            return .computed(leaf)
        case .upload(let chunk):
            let sum = fold(Sum(round: chunk.round, node: chunk.node), chunk.node)
            let slice = Array(sum[(chunk.offset / 4)..<((chunk.offset + chunk.bytes) / 4)])
            var fence = state.currentFence
            fence.step = chunk.round.step
            return .send(Envelope(.partial(chunk), fence: fence), payload: slice, isBulk: true)
        case .forget(let round, let node): leaves[Sum(round: round, node: node)] = nil
        case .end(let sentence, let failed): ending = (sentence, failed)
        case .note: break
        }
        return nil
    }

    private mutating func compute(_ leaf: Leaf) {
        guard let contract else { return }
        let examples = Arithmetic.examples(leaf.round, shard: leaf.shard, contract)
        let values = examples.map { example in
            guard let value = pixels[leaf.round.kind.split]?[example] else {
                preconditionFailure("\(leaf) started without the pixels of example \(example)")
            }
            return value
        }
        leaves[Sum(round: leaf.round, node: leaf.node), default: [:]][contract.shards + leaf.shard] = Arithmetic.leaf(
            leaf.round, shard: leaf.shard, pixels: values, parameters: parameters)
    }

    private func fold(_ sum: Sum, _ node: Int) -> [Int] {
        leaves[sum]?[node] ?? Arithmetic.fold(fold(sum, 2 * node), fold(sum, 2 * node + 1))
    }
}
