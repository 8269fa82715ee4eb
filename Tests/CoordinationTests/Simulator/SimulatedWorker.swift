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
        /// Report the leaf, after a while, and before it the chunks of its node's sum if it is the last.
        case computed(Leaf, chunks: Int)
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
            return .computed(leaf, chunks: compute(leaf))
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

    /// Answers how many chunks the sum of the leaf's node has, if this was its last leaf.
    private mutating func compute(_ leaf: Leaf) -> Int {
        guard let contract else { return 0 }
        let examples = Arithmetic.examples(leaf.round, shard: leaf.shard, contract)
        let values = examples.map { example in
            guard let value = pixels[leaf.round.kind.split]?[example] else {
                preconditionFailure("\(leaf) started without the pixels of example \(example)")
            }
            return value
        }
        let sum = Sum(round: leaf.round, node: leaf.node)
        leaves[sum, default: [:]][contract.shards + leaf.shard] = Arithmetic.leaf(
            leaf.round, shard: leaf.shard, pixels: values, parameters: parameters)
        let isLast = leaves[sum]?.count == contract.tree.shards(under: leaf.node).count
        let bytes = Samples.sizes.partialBytes(leaf.round.kind)
        return isLast ? (bytes + Samples.sizes.chunkBytes - 1) / Samples.sizes.chunkBytes : 0
    }

    private func fold(_ sum: Sum, _ node: Int) -> [Int] {
        leaves[sum]?[node] ?? Arithmetic.fold(fold(sum, 2 * node), fold(sum, 2 * node + 1))
    }
}
