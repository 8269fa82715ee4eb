import Contract
import Coordination
import Tensors
import Training

/// What a contract fixes for all threads of a worker, and what they share.
final class Workshop: Sendable {
    let contract: Contract
    let program: TrainingProgram
    let engine: any Engine
    let pixels: PixelStore
    let sums: NodeSums

    /// - Throws: `WorkshopError` where the coordinator's sizes are not this program's; what the model's description throws.
    init(_ contract: Contract, _ welcome: CoordinatorMessage.Welcome, engine: any Engine) throws {
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

    var description: String { "\(reason); use the same build of Tributary on the same kind of processor" }
}
