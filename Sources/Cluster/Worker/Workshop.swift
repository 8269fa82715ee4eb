import Contract
import Coordination
import Tensors
import Training
import VAE

/// What a contract fixes for all threads of a worker, and what they share.
final class Workshop: Sendable {
    let contract: Contract
    let program: TrainingProgram
    let engine: any Engine
    let pixels: PixelStore
    let sums: NodeSums
    /// What the compiled graphs of all threads hold at most.
    let graphBytes: Int

    /// - Parameter graphBytes: What they may hold.
    /// - Throws: `WorkshopError` where the coordinator's sizes are not this program's; what the model's description throws.
    init(
        _ contract: Contract, _ welcome: CoordinatorMessage.Welcome, _ options: WorkerOptions, graphBytes: Int
    ) throws {
        let engine = try options.engine(contract.numericClass.engine)
        guard contract.numericClass.engine == engine.numericClass else {
            throw WorkshopError(
                reason:
                    "the run computes with \(contract.numericClass.engine), and this worker has \(engine.numericClass)")
        }
        self.engine = engine
        self.contract = contract
        program = try TrainingProgram(contract)
        pixels = PixelStore(
            shards: contract.shards, exampleBytes: program.bytesPerExample)
        sums = NodeSums(
            contract.tree, training: program.partialFormat, evaluation: program.evaluationFormat,
            chunkBytes: welcome.chunkBytes)
        let needed = Self.graphBytes(program, microbatch: contract.microbatch, threads: options.threads)
        self.graphBytes = Int(min(needed, 1e18))
        try check(welcome)
        // Before anything is compiled.
        guard needed <= Double(graphBytes) else {
            throw Self.tooLarge(contract, needed, graphBytes, options)
        }
    }

    /// What compiled graphs hold at most: on each thread every layer's values for a microbatch, forwards and backwards, and the
    /// parameters, packed for both, at most 36 numbers for 16 each time. (The engine needs less than half, as it uses memory
    /// again, so that what an evaluation takes is in it, too; what estimates −ln p(x) is counted besides.)
    static func graphBytes(_ program: TrainingProgram, microbatch: Int, threads: Int) -> Double {
        let packed = 2 * 36 / 16 * Double(program.layout.parameters.count)
        let evidence = program.evidenceBytes == 0 ? 0 : Double(program.evidenceBytes) + 4 * packed
        return (4 * (2 * Double(program.model.valuesPerExample) * Double(microbatch) + packed) + evidence)
            * Double(threads)
    }

    /// - Parameter left: The bytes that are left for the graphs beside all else that the run makes the worker hold.
    private static func tooLarge(
        _ contract: Contract, _ needed: Double, _ left: Int, _ options: WorkerOptions
    ) -> WorkshopError {
        let threads = options.threads == 1 ? "1 thread" : "\(options.threads) threads"
        let all = Double(options.memoryLimit - left) + needed
        return WorkshopError(
            reason:
                "the run can need \(MemoryBudget.text(all)) of memory here, \(MemoryBudget.text(needed)) of it to compute a microbatch of "
                + "\(contract.microbatch) on \(threads), and this worker may use \(MemoryBudget.text(Double(options.memoryLimit), .down))",
            remedy: "give it more with --memory" + (options.threads == 1 ? "" : ", or use fewer threads"))
    }

    private func check(_ welcome: CoordinatorMessage.Welcome) throws(WorkshopError) {
        let own = [
            4 * program.broadcastCounts.reduce(0, +), program.partialFormat.bytes,
            program.evaluationFormat.bytes, program.bytesPerExample,
        ]
        let told = [welcome.parameterBytes, welcome.partialBytes, welcome.evaluationBytes, welcome.exampleBytes]
        guard own == told else {
            throw WorkshopError(reason: "the run's model has sizes \(told) in bytes, and this worker's \(own)")
        }
    }
}

/// Why a worker cannot compute a run.
struct WorkshopError: Error, CustomStringConvertible {
    let reason: String
    var remedy = "use the same build of Tributary on the same kind of processor"

    var description: String { "\(reason); \(remedy)" }
}
