import CKernels
import COneDNN
import Tensors

// Gradients of convolutions' weights, which run on from chunk to chunk.
extension CompiledPlan {
    /// A weight's gradient while a sweep adds it up: where, and how it lies there.
    struct RunningGradient {
        let sums: Int
        /// The axes (O, h, w, I) of the weight's gradient in memory, in elements.
        let strides: [Int]
    }

    /// So many pixels are summed in registers before they are added to memory: enough that the adding costs little, and few
    /// enough that rounding errors stay small.
    private static let pixelsOfSum = 128
    /// With few channels the adding is dearer, and the edges of images more so.
    private static let pixelsOfNarrowSum = 512

    mutating func addWeightGradient(_ index: Int, _ node: Graph.Node, _ window: Operation.Convolution) {
        let (x, y) = (node.inputs[0], node.inputs[1])
        let images = inChunks(graph.nodes[x].shape)[0]
        let vectorsAreInputs = vectorsAreInputs(x, y)
        let gradient = Self.gradient(
            x: graph.nodes[x].shape, weight: node.shape, y: graph.nodes[y].shape, window, vectorsAreInputs)
        let kept = keptChannels(of: vectorsAreInputs ? y : x)
        let (layout, count) = Self.sums(of: gradient, node.shape)
        let sums = newBuffer(bytes: count * MemoryLayout<Float>.stride, isWhole: true)
        let scratch = newBuffer(
            bytes: unsafe withUnsafePointer(to: gradient) {
                Int(unsafe tributary_weight_gradient_scratch($0, isHalf[y] ? 1 : 0))
            })
        let operands = (rows(TRIBUTARY_FIRST, of: x), rows(TRIBUTARY_SECOND, of: y))
        runs.append(
            .weightGradient(
                gradient, images: images, isHalf: isHalf[y], operands.0, operands.1, kept: kept, scratch: scratch,
                sums: sums))
        for buffer in [operands.0.buffer, operands.1.buffer, scratch, sums] { touch(buffer) }
        if let kept { touch(kept.buffer) }
        counters.linearKernels += 1
        runningGradients[index] = RunningGradient(sums: sums, strides: layout)
        if !isSweep { addEndOfReduction(index) }
    }

    /// Whether x is read in vectors, and the numbers of y are repeated. Few channels fill no vector, and channels whose numbers are
    /// repeated can be left out.
    private func vectorsAreInputs(_ x: Int, _ y: Int) -> Bool {
        let (inputs, outputs) = (graph.nodes[x].shape[1], graph.nodes[y].shape[1])
        if min(inputs, outputs) < Int(TRIBUTARY_LANES) { return inputs > outputs }
        return droppedChannels.noise(x) == nil && droppedChannels.noise(y) != nil
    }

    private static func gradient(
        x: Shape, weight: Shape, y: Shape, _ window: Operation.Convolution, _ vectorsAreInputs: Bool
    ) -> tributary_weight_gradient {
        let lanes = Int(TRIBUTARY_LANES)
        let pixels = x[1] < lanes ? pixelsOfNarrowSum : pixelsOfSum
        return tributary_weight_gradient(
            x_extents: (Int64(x[2]), Int64(x[3]), Int64(x[1])), y_extents: (Int64(y[2]), Int64(y[3]), Int64(y[1])),
            window: (Int64(weight[2]), Int64(weight[3])), stride: (Int64(window.stride.x), Int64(window.stride.y)),
            padding: (Int64(window.paddingBefore.x), Int64(window.paddingBefore.y)),
            rows: Int64((pixels + y[3] - 1) / y[3]), vectors_are_inputs: vectorsAreInputs ? 1 : 0)
    }

    /// How the sums of a gradient lie, as distances along the weight's (O, h, w, I), and how many there are.
    private static func sums(
        of gradient: tributary_weight_gradient, _ weight: Shape
    ) -> (strides: [Int], count: Int) {
        let lanes = Int(TRIBUTARY_LANES)
        let swapped = gradient.vectorsAreInputs
        let (scalars, vectors) = swapped ? (weight[0], weight[1]) : (weight[1], weight[0])
        let row = (vectors + lanes - 1) / lanes * lanes
        let place = scalars * row
        return ([swapped ? row : 1, weight[3] * place, place, swapped ? 1 : row], weight[2] * weight[3] * place)
    }

    /// Puts a weight's gradient, complete now, into its own layout.
    mutating func addEndOfReduction(_ index: Int) {
        guard let running = runningGradients.removeValue(forKey: index) else { return }
        let extents = graph.nodes[index].shape.inMemoryOrder
        let target = makeBuffer(for: index)
        runs.append(
            .copy(
                StridedCopy(
                    extents: extents, source: .buffer(running.sums), sourceOffset: 0, sourceStrides: running.strides,
                    target: .buffer(target), targetOffset: 0, targetStrides: Layout.rowMajor(Shape(extents)).strides)))
        for buffer in [running.sums, target] { touch(buffer) }
        counters.reordersAtBorders += 1
    }
}

extension tributary_weight_gradient {
    /// Whether x is read in vectors and the numbers of y are repeated, instead of the other way round.
    var vectorsAreInputs: Bool { vectors_are_inputs != 0 }
}
