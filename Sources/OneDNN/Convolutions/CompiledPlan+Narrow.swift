import CKernels
import COneDNN
import Tensors

// Transposed convolutions to few channels, such as the last one to colours: oneDNN's kernels for them reach a sixth of the
// machine's speed. Here one matrix product gives every pixel's products with the whole window, and they are then added up.
extension CompiledPlan {
    /// Whether the result has so few channels that a window's row fits into one vector, and windows reach to the end of each
    /// row: what lies beyond would have to be filled up.
    static func isNarrow(_ node: Graph.Node, _ graph: Graph) -> Bool {
        guard case .convolutionInputGradient(let window) = node.operation else { return false }
        let (x, weight) = (graph.nodes[node.inputs[0]].shape, graph.nodes[node.inputs[1]].shape)
        let fits = weight[1] * weight[3] <= 16 && weight[1] <= 4 && weight[0] >= 8
        let isSquare = weight[2] == weight[3] && window.stride.x == window.stride.y
        let isSymmetric = window.paddingBefore.x == window.paddingBefore.y
        let reach = (x[3] - 1) * window.stride.y + weight[3]
        return fits && isSquare && isSymmetric && node.shape[3] + window.paddingBefore.y <= reach
            && KernelParameters(graph).parameter(node.inputs[1]) != nil
    }

    mutating func addNarrowTransposedConvolution(
        _ index: Int, _ node: Graph.Node, _ window: Operation.Convolution
    ) throws {
        let x = inChunks(graph.nodes[node.inputs[0]].shape)
        let weight = graph.nodes[node.inputs[1]].shape
        let width = weight[1] * weight[2] * weight[3]
        // Rows of whole cache lines; the columns beyond the window's are zero.
        let columns = (width + 15) / 16 * 16
        let pixels = x[0] * x[2] * x[3]
        let kernel = try Kernel.matrixProduct(
            Self.matrix([pixels, x[1]], transposed: false, element(node.inputs[0])),
            Self.matrix([x[1], columns], transposed: false, element(node.inputs[1])),
            Self.matrix([pixels, columns], transposed: false), packsSecond: true)
        let packed = try addWindowParameter(node.inputs[1], kernel, columns: columns)
        let products = newBuffer(bytes: (pixels * columns + 16) * MemoryLayout<Float>.stride)
        addKernel(
            kernel,
            [
                rows(TRIBUTARY_FIRST, of: node.inputs[0]), Binding(slot: TRIBUTARY_SECOND, buffer: packed),
                Binding(slot: TRIBUTARY_RESULT, buffer: products),
            ])
        let description = tributary_columns(
            height: Int64(x[2]), width: Int64(x[3]), columns: Int64(columns), window: Int64(weight[2]),
            channels: Int64(weight[1]), stride: Int64(window.stride.x), padding: Int64(window.paddingBefore.x),
            result_height: Int64(node.shape[2]), result_width: Int64(node.shape[3]))
        let row = newBuffer(
            bytes: (((x[3] - 1) * window.stride.x + weight[3]) * weight[1] + 16) * MemoryLayout<Float>.stride)
        let target = result(TRIBUTARY_RESULT, index)
        runs.append(.columns(description, images: x[0], products: products, row: row, target))
        for buffer in [products, row, target.buffer] { touch(buffer) }
        counters.elementwiseKernels += 1
    }

    /// A weight (O, I, h, w) as the matrix (O, h·w·I), filled up with zeros and packed when parameters are loaded.
    private mutating func addWindowParameter(_ node: Int, _ kernel: Kernel, columns: Int) throws -> Int {
        let slice = slice(of: node)
        let shape = slice.shape
        let plain = newBuffer(bytes: shape[0] * columns * MemoryLayout<Float>.stride)
        let packed = newBuffer(bytes: kernel.bytes(TRIBUTARY_SECOND), persists: true)
        loads.append(.zero(Binding(slot: TRIBUTARY_RESULT, buffer: plain), bytes: buffers[plain].bytes))
        touchAtLoad(plain)
        loads.append(
            .copy(
                StridedCopy(
                    extents: shape.dimensions, source: .parameters, sourceOffset: slice.offset,
                    sourceStrides: shape.strides, target: .buffer(plain), targetOffset: 0,
                    targetStrides: [columns, 1, shape[3] * shape[1], shape[1]])))
        touchAtLoad(plain)
        let packing = try Kernel.packing(
            Self.matrix([shape[0], columns], transposed: false), of: kernel)
        let scratch = newBuffer(bytes: packing.bytes(TRIBUTARY_SCRATCH))
        loads.append(
            .kernel(
                packing,
                [
                    Binding(slot: TRIBUTARY_FIRST, buffer: plain), Binding(slot: TRIBUTARY_RESULT, buffer: packed),
                    Binding(slot: TRIBUTARY_SCRATCH, buffer: scratch),
                ]))
        for buffer in [plain, scratch] { touchAtLoad(buffer) }
        counters.reordersAtBorders += 1
        return packed
    }
}
