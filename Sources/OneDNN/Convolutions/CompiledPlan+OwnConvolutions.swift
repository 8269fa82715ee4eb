import CKernels
import COneDNN
import Tensors

// Convolutions and input gradients by the engine's own kernels.
extension CompiledPlan {
    /// With fewer channels, making the terms of minimal filtering costs more than the products that they save.
    private static let fewestForTerms = 24
    /// Of fewer channels that are made, those that are needed seldom fill fewer vectors.
    private static let fewestToLeaveOut = 48

    /// The engine's own kernel for a convolution or its input gradient by a parameter, if it has one.
    func ownConvolution(_ index: Int, _ node: Graph.Node, _ window: Operation.Convolution) -> OwnConvolution? {
        let weight = graph.nodes[node.inputs[1]].shape
        // Packing for halves rounds; for floats a parameter must be meant as it is.
        guard let parameter = kernelParameters.parameter(node.inputs[1]), isHalf[node.inputs[0]] == isHalf[index],
            isHalf[index] || parameter == node.inputs[1]
        else { return nil }
        let isGradient = if case .convolutionInputGradient = node.operation { true } else { false }
        let read = graph.nodes[node.inputs[0]].shape
        let (x, y) = isGradient ? (node.shape, read) : (read, node.shape)
        let extents = { (shape: Shape) in (Int64(shape[2]), Int64(shape[3]), Int64(shape[1])) }
        let padding = (Int64(window.paddingBefore.x), Int64(window.paddingBefore.y))
        let lanes = Int(TRIBUTARY_LANES)
        if !isGradient, x[1] < lanes, y[1] % lanes == 0 {
            return .narrow(
                tributary_narrow(
                    x_extents: extents(x), y_extents: extents(y), window: (Int64(weight[2]), Int64(weight[3])),
                    stride: (Int64(window.stride.x), Int64(window.stride.y)), padding: padding,
                    is_half: isHalf[index] ? 1 : 0))
        }
        let isWide = min(x[1], y[1]) >= Self.fewestForTerms
        let isSquare = weight[2] == weight[3] && window.stride.x == window.stride.y
        if isWide, isSquare, !isHalf[index], tributary_has_winograd(Int64(weight[2]), Int64(window.stride.x)) != 0 {
            return .winograd(
                tributary_winograd(
                    x_extents: extents(x), y_extents: extents(y), window: Int64(weight[2]),
                    stride: Int64(window.stride.x), padding: padding, is_gradient: isGradient ? 1 : 0))
        }
        let leavesOut =
            droppedChannels.noise(node.inputs[0]) != nil
            || droppedChannels.noiseOfReaders(index) != nil && node.shape[1] >= Self.fewestToLeaveOut
        if isHalf[index], leavesOut, read[1] >= lanes, node.shape[1] % lanes == 0 {
            return .selective(
                tributary_selective(
                    x_extents: extents(x), y_extents: extents(y), window: (Int64(weight[2]), Int64(weight[3])),
                    stride: (Int64(window.stride.x), Int64(window.stride.y)), padding: padding,
                    is_gradient: isGradient ? 1 : 0))
        }
        return nil
    }

    mutating func addOwnConvolution(_ index: Int, _ node: Graph.Node, _ convolution: OwnConvolution) {
        let packed = addPackedParameter(node.inputs[1], convolution)
        let scratch = newBuffer(bytes: convolution.scratchBytes)
        let (read, made) = (rows(TRIBUTARY_FIRST, of: node.inputs[0]), result(TRIBUTARY_RESULT, index))
        let images = inChunks(graph.nodes[node.inputs[0]].shape)[0]
        let kept = convolution.leavesChannelsOut ? keptChannels(of: node.inputs[0]) : nil
        let needed = convolution.makesWhatIsNeeded ? neededChannels(of: index) : nil
        runs.append(
            .convolution(
                convolution, images: images, read, kept: kept, needed: needed, packed: packed, scratch: scratch, made))
        for buffer in [read.buffer, scratch, made.buffer] { touch(buffer) }
        for channels in [kept, needed] { if let channels { touch(channels.buffer) } }
        counters.linearKernels += 1
    }

    /// Packs a convolution's parameter when parameters are loaded.
    private mutating func addPackedParameter(_ node: Int, _ convolution: OwnConvolution) -> Int {
        let (slice, shape) = (slice(of: node), graph.nodes[node].shape)
        let staging = newBuffer(bytes: shape.count * MemoryLayout<Float>.stride)
        let packed = newBuffer(bytes: convolution.packedBytes(shape), persists: true)
        loads.append(
            .copy(
                StridedCopy(
                    extents: shape.dimensions, source: .parameters, sourceOffset: slice.offset,
                    sourceStrides: shape.strides, target: .buffer(staging), targetOffset: 0,
                    targetStrides: convolution.strides(shape))))
        touchAtLoad(staging)
        loads.append(.packing(convolution, from: staging, to: packed))
        touchAtLoad(staging)
        counters.reordersAtBorders += 1
        return packed
    }
}
