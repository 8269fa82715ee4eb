import Tensors

// What comes in and goes out: parameters, statistics, inputs, noise and outputs.
extension CompiledPlan {
    mutating func addSource(_ index: Int, _ slice: SliceTable.Slice, _ memory: Memory, atLoad: Bool) {
        guard !kernelParameters.isPackedOnly(index) else { return }
        let buffer = makeBuffer(for: index, persists: atLoad)
        let copy = copy(of: layouts[index], from: memory, slice.offset, to: buffer)
        counters.reordersAtBorders += 1
        if atLoad {
            loads.append(.copy(copy))
        } else {
            runs.append(.copy(copy))
            touch(buffer)
        }
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
            let plain = Self.plainCopy(layouts[node])
            let buffer = buffer(of: node)
            runs.append(
                .copy(
                    StridedCopy(
                        extents: plain.extents, source: .buffer(buffer), sourceOffset: 0, sourceStrides: plain.inMemory,
                        target: .outputs, targetOffset: slice.offset, targetStrides: plain.rowMajor)))
            touch(buffer)
            counters.reordersAtBorders += 1
        }
    }

    mutating func addNoise(_ index: Int, _ noise: Operation.Noise, _ shape: Shape) {
        let buffer = makeBuffer(for: index)
        let row = shape.count / shape[0]
        let rowLayout = Layout(axes: Array(layouts[index].axes.dropFirst()))
        let isPlain = layouts[index].canonical == Layout.rowMajor(shape).canonical
        let staging = isPlain ? nil : newBuffer(bytes: row * MemoryLayout<Float>.stride)
        let copy = staging.map { self.copy(of: rowLayout, from: .buffer($0), 0, to: buffer) }
        runs.append(.noise(noise, row: row, rows: shape[0], staging: staging, copy, buffer: buffer))
        touch(buffer)
        if let staging { touch(staging) }
    }
}
