import CKernels
import COneDNN
import Tensors

// Convolutions with windows of 3 x 3 and strides of 2, and their input gradients, by the engine's own kernels, which take fewer
// products than oneDNN's.
extension CompiledPlan {
    /// With fewer channels, making the terms costs more than the products that they save.
    private static let fewestChannels = 32

    /// The description of a convolution or its input gradient for the kernels, if they can do it.
    func winograd(_ index: Int, _ node: Graph.Node, _ window: Operation.Convolution) -> tributary_winograd? {
        let weight = graph.nodes[node.inputs[1]].shape
        let isGradient = if case .convolutionInputGradient = node.operation { true } else { false }
        let read = graph.nodes[node.inputs[0]].shape
        let (x, y) = isGradient ? (node.shape, read) : (read, node.shape)
        let fits = [x[1], y[1]].allSatisfy { $0 >= Self.fewestChannels && $0 % Int(TRIBUTARY_LANES) == 0 }
        let isPacked = kernelParameters.parameter(node.inputs[1]) == node.inputs[1]
        guard fits, isPacked, window.stride == [2, 2], weight[2] == 3, weight[3] == 3, !isHalf[node.inputs[0]],
            !isHalf[index]
        else { return nil }
        return tributary_winograd(
            x_extents: (Int64(x[2]), Int64(x[3]), Int64(x[1])), y_extents: (Int64(y[2]), Int64(y[3]), Int64(y[1])),
            padding: (Int64(window.paddingBefore.x), Int64(window.paddingBefore.y)), is_gradient: isGradient ? 1 : 0)
    }

    mutating func addWinograd(_ index: Int, _ node: Graph.Node, _ convolution: tributary_winograd) {
        let packed = addWinogradParameter(node.inputs[1], convolution)
        let source = graph.nodes[node.inputs[0]].shape
        let scratch = newBuffer(bytes: Int(tributary_winograd_scratch(Int64(source[1]))) * MemoryLayout<Float>.stride)
        let (read, made) = (rows(TRIBUTARY_FIRST, of: node.inputs[0]), result(TRIBUTARY_RESULT, index))
        runs.append(
            .winograd(convolution, images: inChunks(source)[0], read, packed: packed, scratch: scratch, made))
        for buffer in [read.buffer, scratch, made.buffer] { touch(buffer) }
        counters.linearKernels += 1
    }

    /// Packs a parameter (O, I, 3, 3) when parameters are loaded.
    private mutating func addWinogradParameter(_ node: Int, _ convolution: tributary_winograd) -> Int {
        let (slice, shape) = (slice(of: node), graph.nodes[node].shape)
        let staging = newBuffer(bytes: shape.count * MemoryLayout<Float>.stride)
        let packed = newBuffer(
            bytes: Int(TRIBUTARY_WINOGRAD_TERMS) * shape[0] * shape[1] * MemoryLayout<Float>.stride, persists: true)
        // As (h, w, channels that are read, channels that are made).
        let (outer, inner) = convolution.is_gradient != 0 ? (shape[1], 1) : (1, shape[0])
        let place = shape[0] * shape[1]
        loads.append(
            .copy(
                StridedCopy(
                    extents: shape.dimensions, source: .parameters, sourceOffset: slice.offset,
                    sourceStrides: shape.strides, target: .buffer(staging), targetOffset: 0,
                    targetStrides: [outer, inner, 3 * place, place])))
        touchAtLoad(staging)
        loads.append(.winogradPacking(convolution, from: staging, to: packed))
        touchAtLoad(staging)
        counters.reordersAtBorders += 1
        return packed
    }
}
