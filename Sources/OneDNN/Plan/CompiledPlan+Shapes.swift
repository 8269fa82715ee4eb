import Tensors

// Reshapes, slices, pads and concatenations: copies, or nothing at all.
extension CompiledPlan {
    mutating func addReshape(_ index: Int, _ node: Graph.Node) {
        let input = node.inputs[0]
        if owners[index] != index { return }
        if turned.contains(index) || turned.contains(input) {
            counters.flattenings += 1
        } else {
            counters.reordersBetweenOperations += 1
        }
        let (from, to, plain) = (chunkLayout(of: input), chunkLayout(of: index), Layout.rowMajor(inChunks(node.shape)))
        let source = Part(buffer: buffer(of: input), chunkStride: chunkStride(of: input))
        let target = Part(buffer: makeBuffer(for: index), chunkStride: chunkStride(of: index))
        if to.canonical == plain.canonical {
            addCopy(from, source, target)
        } else if from.canonical == plain.canonical {
            addCopy(to, target, source, isBack: true)
        } else {
            let between = Part(buffer: newBuffer(bytes: inChunks(node.shape).count * MemoryLayout<Float>.stride))
            addCopy(from, source, between)
            addCopy(to, target, between, isBack: true)
        }
    }

    private struct Part {
        let buffer: Int
        var chunkStride = 0
    }

    /// Copies a value out of a layout into row-major order, or back.
    private mutating func addCopy(_ layout: Layout, _ value: Part, _ plain: Part, isBack: Bool = false) {
        let axes = Self.plainCopy(layout)
        let (source, target) = isBack ? (plain, value) : (value, plain)
        runs.append(
            .copy(
                StridedCopy(
                    extents: axes.extents, source: .buffer(source.buffer), sourceOffset: 0,
                    sourceStrides: isBack ? axes.rowMajor : axes.inMemory, sourceChunkStride: source.chunkStride,
                    target: .buffer(target.buffer), targetOffset: 0,
                    targetStrides: isBack ? axes.inMemory : axes.rowMajor, targetChunkStride: target.chunkStride)))
        touch(source.buffer)
        touch(target.buffer)
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
