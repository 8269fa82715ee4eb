import Tensors

// Reshapes, slices, pads and concatenations: copies, or nothing at all.
extension CompiledPlan {
    mutating func addReshape(_ index: Int, _ node: Graph.Node) {
        let input = node.inputs[0]
        if owners[index] != index { return }
        // Through row-major order, which every layout can be copied from and to.
        counters.reordersBetweenOperations += 1
        let plain = newBuffer(bytes: node.shape.count * MemoryLayout<Float>.stride)
        let from = Self.plainCopy(layouts[input])
        let source = buffer(of: input)
        runs.append(
            .copy(
                StridedCopy(
                    extents: from.extents, source: .buffer(source), sourceOffset: 0, sourceStrides: from.inMemory,
                    target: .buffer(plain), targetOffset: 0, targetStrides: from.rowMajor)))
        touch(source)
        touch(plain)
        let target = makeBuffer(for: index)
        runs.append(.copy(copy(of: layouts[index], from: .buffer(plain), 0, to: target)))
        touch(plain)
        touch(target)
    }

    /// A slice (from whole to block) or the filling of a pad (from block into whole).
    mutating func addBlock(_ block: Int, of whole: Int, at start: [Int], intoBlock: Bool) {
        let extents = graph.nodes[block].shape.inMemoryOrder
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
                target: .buffer(blockBuffer), targetOffset: 0, targetStrides: blockStrides)
            : StridedCopy(
                extents: extents, source: .buffer(blockBuffer), sourceOffset: 0, sourceStrides: blockStrides,
                target: .buffer(wholeBuffer), targetOffset: offset, targetStrides: wholeStrides)
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
