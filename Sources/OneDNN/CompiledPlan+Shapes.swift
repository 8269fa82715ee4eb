import Tensors

// Reshapes, slices, pads and concatenations: copies, or nothing at all.
extension CompiledPlan {
    mutating func addReshape(_ index: Int, _ node: Graph.Node) {
        let input = node.inputs[0]
        if owners[index] != index { return }
        // Through row-major order, which every layout can be copied from and to.
        counters.reordersBetweenOperations += 1
        let plain = newBuffer(bytes: inChunks(node.shape).count * MemoryLayout<Float>.stride)
        let from = Self.plainCopy(chunkLayout(of: input))
        let source = buffer(of: input)
        runs.append(
            .copy(
                StridedCopy(
                    extents: from.extents, source: .buffer(source), sourceOffset: 0, sourceStrides: from.inMemory,
                    sourceChunkStride: chunkStride(of: input), target: .buffer(plain), targetOffset: 0,
                    targetStrides: from.rowMajor)))
        touch(source)
        touch(plain)
        let target = makeBuffer(for: index)
        var copy = copy(of: chunkLayout(of: index), from: .buffer(plain), 0, to: target)
        copy.targetChunkStride = chunkStride(of: index)
        runs.append(.copy(copy))
        touch(plain)
        touch(target)
    }

    /// A slice (from whole to block) or the filling of a pad (from block into whole).
    mutating func addBlock(_ block: Int, of whole: Int, at start: [Int], intoBlock: Bool) {
        let extents = inChunks(graph.nodes[block].shape).inMemoryOrder
        let wholeStrides = Layout.rowMajor(Shape(graph.nodes[whole].shape.inMemoryOrder)).strides
        let blockStrides = Layout.rowMajor(Shape(extents)).strides
        let order = Shape.memoryOrder(rank: extents.count)
        let offset = order.enumerated().reduce(0) { $0 + start[$1.element] * wholeStrides[$1.offset] }
        if intoBlock { _ = makeBuffer(for: block) }
        let (blockBuffer, wholeBuffer) = (buffer(of: block), buffer(of: whole))
        let copy =
            intoBlock
            ? StridedCopy(
                extents: extents, source: .buffer(wholeBuffer), sourceOffset: offset, sourceStrides: wholeStrides,
                sourceChunkStride: chunkStride(of: whole), target: .buffer(blockBuffer), targetOffset: 0,
                targetStrides: blockStrides, targetChunkStride: chunkStride(of: block))
            : StridedCopy(
                extents: extents, source: .buffer(blockBuffer), sourceOffset: 0, sourceStrides: blockStrides,
                sourceChunkStride: chunkStride(of: block), target: .buffer(wholeBuffer), targetOffset: offset,
                targetStrides: wholeStrides, targetChunkStride: chunkStride(of: whole))
        runs.append(.copy(copy))
        touch(blockBuffer)
        touch(wholeBuffer)
    }

    mutating func addConcatenation(_ index: Int, _ node: Graph.Node, _ axis: Int) {
        _ = makeBuffer(for: index)
        var start = [Int](repeating: 0, count: node.shape.rank)
        for input in node.inputs {
            addBlock(input, of: index, at: start, intoBlock: false)
            start[axis] += graph.nodes[input].shape[axis]
        }
    }
}

extension Shape {
    /// The axes of a shape from the outermost to the innermost in memory.
    static func memoryOrder(rank: Int) -> [Int] { rank == 4 ? [0, 2, 3, 1] : Array(0..<rank) }
}
