import CKernels
import Tensors

extension CompiledPlan {
    mutating func addLoop(_ loop: FusedLoop) {
        let program = LoopProgram(loop, graph, schedule, storage)
        let tiles = program.registerCount + program.stores.count
        let workspace = newBuffer(bytes: tiles * Int(TRIBUTARY_TILE) * MemoryLayout<Float>.stride)
        for result in loop.results { _ = makeBuffer(for: result) }
        let memory = (program.operands + program.stores.map(\.place)).map { buffer(of: $0.node) }
        runs.append(.loop(program, memory: memory, workspace: workspace))
        counters.elementwiseKernels += 1
        touch(workspace)
        for buffer in memory { touch(buffer) }
    }
}
