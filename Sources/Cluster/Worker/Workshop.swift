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

    /// - Throws: `WorkshopError` where the coordinator's sizes are not this program's; what the model's description throws.
    init(_ contract: Contract, _ welcome: CoordinatorMessage.Welcome, _ options: WorkerOptions) throws {
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
            shards: contract.shards, exampleBytes: program.pixelsPerExample,
            counts: [.training: contract.trainingExamples, .validation: contract.validationExamples])
        sums = NodeSums(
            contract.tree, training: program.partialFormat, evaluation: EvaluationSums.format,
            chunkBytes: welcome.chunkBytes)
        try check(welcome)
        try check(options)
    }

    /// The graph is not compiled before it is known that what it computes fits: forwards and backwards, every layer's values
    /// for a microbatch, on each thread. (The engine needs less, as it uses memory again.)
    private func check(_ options: WorkerOptions) throws(WorkshopError) {
        let values = Double(program.model.valuesPerExample) * Double(contract.microbatch) * Double(options.threads)
        let bytes = 2 * 4 * values
        guard bytes > Double(options.memoryLimit) else { return }
        throw WorkshopError(
            reason:
                "a microbatch of \(contract.microbatch) on \(options.threads) threads can need \(Int(bytes / 1e9)) GB, and "
                + "this worker may use \(options.memoryLimit / 1_000_000_000) GB (--memory)",
            remedy: "use fewer threads or a machine with more memory")
    }

    private func check(_ welcome: CoordinatorMessage.Welcome) throws(WorkshopError) {
        let layout = program.layout
        let own = [
            4 * (layout.parameters.count + layout.statistics.count), program.partialFormat.bytes,
            EvaluationSums.format.bytes,
            program.pixelsPerExample,
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
