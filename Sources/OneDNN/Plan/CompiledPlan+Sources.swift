import Tensors

// What comes in and goes out: parameters, statistics, inputs, noise and outputs.
extension CompiledPlan {
    mutating func addSource(_ index: Int, _ slice: SliceTable.Slice, _ memory: Memory, atLoad: Bool) {
        if case .parameters = memory, !kernelParameters.isNeeded(index) || parametersInPlace.contains(index) { return }
        let buffer = makeBuffer(for: index, persists: atLoad)
        if isHalf[index] { return addRounding(of: index, slice, to: buffer) }
        let copy = copy(of: layouts[index], from: memory, slice.offset, to: buffer)
        counters.reordersAtBorders += 1
        if atLoad {
            loads.append(.copy(copy))
        } else {
            runs.append(.copy(copy))
            touch(buffer)
        }
    }

    /// Rounds a parameter when it is loaded, out of the caller's memory if it lies there as it is needed.
    private mutating func addRounding(of index: Int, _ slice: SliceTable.Slice, to buffer: Int) {
        let count = slice.shape.count
        counters.reordersAtBorders += 1
        if layouts[index].isRowMajor(slice.shape) {
            loads.append(.rounding(.parameters, offset: slice.offset, count: count, to: buffer))
            return
        }
        let staging = newBuffer(bytes: count * MemoryLayout<Float>.stride)
        loads.append(.copy(copy(of: layouts[index], from: .parameters, slice.offset, to: staging)))
        touchAtLoad(staging)
        loads.append(.rounding(.buffer(staging), offset: 0, count: count, to: buffer))
        touchAtLoad(staging)
    }

    /// A copy of row-major elements into a layout.
    func copy(of layout: Layout, from source: Memory, _ offset: Int, to buffer: Int) -> StridedCopy {
        let plain = Self.plainCopy(layout)
        return StridedCopy(
            extents: plain.extents, source: source, sourceOffset: offset, sourceStrides: plain.rowMajor,
            target: .buffer(buffer), targetOffset: 0, targetStrides: plain.inMemory)
    }

    /// The axes of a layout as a loop with distances in memory and in row-major order.
    static func plainCopy(_ layout: Layout) -> (extents: [Int], inMemory: [Int], rowMajor: [Int]) {
        let axes = Layout(axes: layout.canonical)
        return (axes.axes.map(\.extent), axes.strides, axes.axes.map(\.step))
    }

    mutating func addOutputs(of node: Int) {
        for (slice, outputNode) in zip(graph.outputs.slices, graph.outputNodes) where outputNode == node {
            if directOutputs.contains(node) {
                noteOutput(slice.range)
                continue
            }
            let plain = Self.plainCopy(chunkLayout(of: node))
            let buffer = buffer(of: node)
            let isRows = isSweep && inChunks(graph.nodes[node].shape) != graph.nodes[node].shape
            runs.append(
                .copy(
                    StridedCopy(
                        extents: plain.extents, source: .buffer(buffer), sourceOffset: 0, sourceStrides: plain.inMemory,
                        sourceChunkStride: chunkStride(of: node), target: .outputs, targetOffset: slice.offset,
                        targetStrides: plain.rowMajor,
                        targetChunkStride: isRows ? inChunks(graph.nodes[node].shape).count : 0)))
            touch(buffer)
            noteOutput(slice.range)
            counters.reordersAtBorders += 1
        }
    }

    /// The layout of a chunk's rows.
    func chunkLayout(of node: Int) -> Layout {
        let axes = layouts[node].axes
        let rows = inChunks(graph.nodes[node].shape)
        guard rows != graph.nodes[node].shape else { return layouts[node] }
        return Layout(axes: [Layout.Axis(extent: rows[0], step: axes[0].step)] + axes.dropFirst())
    }

    mutating func addNoise(_ index: Int, _ noise: Operation.Noise, _ shape: Shape) {
        let buffer = makeBuffer(for: index)
        let row = shape.count / shape[0]
        let rowLayout = Layout(axes: Array(layouts[index].axes.dropFirst()))
        let isPlain = layouts[index].isRowMajor(shape)
        let staging = isPlain ? nil : newBuffer(bytes: row * MemoryLayout<Float>.stride)
        let copy = staging.map { self.copy(of: rowLayout, from: .buffer($0), 0, to: buffer) }
        runs.append(.noise(noise, row: row, rows: shape[0], staging: staging, copy, buffer: buffer))
        touch(buffer)
        if let staging { touch(staging) }
    }
}
