import CKernels
import Tensors

extension CompiledPlan {
    mutating func addLoop(_ loop: FusedLoop) {
        let program = LoopProgram(loop, graph, isStored: fusion.isStored)
        let tiles = program.registerCount + program.stores.count
        let workspace = newBuffer(bytes: tiles * Int(TRIBUTARY_TILE) * MemoryLayout<Float>.stride)
        for result in loop.results { _ = makeBuffer(for: result) }
        runs.append(.loop(program, workspace: workspace))
        counters.elementwiseKernels += 1
        touch(workspace)
        for operand in program.operands { touch(buffer(of: operand.node)) }
        for result in loop.results { touch(buffer(of: result)) }
    }
}
