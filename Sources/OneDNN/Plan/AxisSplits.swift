import Tensors

/// Finds the axes that count an image's elements, so that flattened images need no reordering.
///
/// Where (B, C, H, W) becomes (B, C·H·W), the long axis may lie in memory as the image does, position by position. That
/// holds for everything that meets the axis: the weights of a matrix product over it, a bias, their gradients. Axes that must
/// lie alike form a class; a class is split where all its images agree, nothing cuts it, and the images have more numbers than the
/// parameters and outputs that would have to be turned instead.
struct AxisSplits {
    /// For every node, the split of each axis.
    let splits: [[Split?]]
    /// The nodes with an axis that could be split and is not, as turning images moves less.
    let turned: Set<Int>

    init(_ graph: Graph) {
        var classes = AxisClasses(graph)
        classes.collect()
        splits = graph.nodes.indices.map { node in
            let shape = graph.nodes[node].shape
            return shape.dimensions.indices.map { shape.rank <= 2 ? classes.split(node, $0) : nil }
        }
        turned = Set(
            graph.nodes.indices.filter { node in
                graph.nodes[node].shape.dimensions.indices.contains { classes.isTurned(node, $0) }
            })
    }
}

private struct AxisClasses {
    let graph: Graph
    private let firstAxis: [Int]
    private var parent: [Int]
    private var wishes: [Int: Set<Split>] = [:]
    private var cut: Set<Int> = []
    /// The axes that ask for a split, and how many numbers their images have.
    private var images: [(axis: Int, count: Int)] = []
    /// How many more numbers a class has in such images than in parameters and outputs.
    private var gains: [Int: Int] = [:]

    init(_ graph: Graph) {
        self.graph = graph
        var count = 0
        firstAxis = graph.nodes.map { node in
            defer { count += node.shape.rank }
            return count
        }
        parent = Array(0..<count)
    }

    func split(_ node: Int, _ axis: Int) -> Split? {
        let root = root(firstAxis[node] + axis)
        return gains[root, default: 0] >= 0 ? possibleSplit(root) : nil
    }

    func isTurned(_ node: Int, _ axis: Int) -> Bool {
        let root = root(firstAxis[node] + axis)
        return gains[root, default: 0] < 0 && possibleSplit(root) != nil
    }

    private func possibleSplit(_ root: Int) -> Split? {
        guard let wish = wishes[root], wish.count == 1, !cut.contains(root) else { return nil }
        return wish.first
    }

    mutating func collect() {
        for (index, node) in graph.nodes.enumerated() { tie(index, node) }
        var gathered: [Int: Set<Split>] = [:]
        for (axis, wish) in wishes { gathered[root(axis), default: []].formUnion(wish) }
        wishes = gathered
        cut = Set(cut.map { root($0) })
        for (axis, count) in images { gains[root(axis), default: 0] += count }
        for index in graph.nodes.indices { weigh(index) }
    }

    /// Counts a parameter's or an output's numbers, which would have to be turned if its axes were split.
    private mutating func weigh(_ index: Int) {
        var times = graph.outputNodes.count { $0 == index }
        if case .parameter = graph.nodes[index].operation { times += 1 }
        let shape = graph.nodes[index].shape
        for axis in Set(shape.dimensions.indices.map { root(firstAxis[index] + $0) }) {
            gains[axis, default: 0] -= times * shape.count
        }
    }

    private func root(_ axis: Int) -> Int {
        var axis = axis
        while parent[axis] != axis { axis = parent[axis] }
        return axis
    }

    private mutating func join(_ node: Int, _ axis: Int, _ other: Int, _ otherAxis: Int) {
        let extents = (graph.nodes[node].shape[axis], graph.nodes[other].shape[otherAxis])
        guard extents.0 == extents.1, extents.0 > 1 else { return }
        parent[root(firstAxis[other] + otherAxis)] = root(firstAxis[node] + axis)
    }

    private mutating func tie(_ index: Int, _ node: Graph.Node) {
        switch node.operation {
        case .unary, .binary, .broadcast, .sum, .stopGradient: tieAxes(index, node)
        case .slice, .pad, .concatenate:
            tieAxes(index, node)
            cutUnequalAxes(index, node)
        case .reshape: tieReshape(index, node)
        // Noise is drawn row by row, so its first axis is nobody's image.
        case .noise: cut.insert(firstAxis[index])
        case .matrixMultiply(let left, let right):
            join(index, 0, node.inputs[0], left ? 1 : 0)
            join(index, 1, node.inputs[1], right ? 0 : 1)
            join(node.inputs[0], left ? 0 : 1, node.inputs[1], right ? 1 : 0)
        default: break
        }
    }

    private mutating func tieAxes(_ index: Int, _ node: Graph.Node) {
        for input in node.inputs {
            for axis in node.shape.dimensions.indices { join(index, axis, input, axis) }
        }
    }

    private mutating func cutUnequalAxes(_ index: Int, _ node: Graph.Node) {
        for input in node.inputs {
            for axis in node.shape.dimensions.indices where graph.nodes[input].shape[axis] != node.shape[axis] {
                cut.insert(firstAxis[index] + axis)
                cut.insert(firstAxis[input] + axis)
            }
        }
    }

    private mutating func tieReshape(_ index: Int, _ node: Graph.Node) {
        let input = node.inputs[0]
        let (from, to) = (graph.nodes[input].shape, node.shape)
        if from.rank == 4, to.rank < 4 { wish(index, to, image: from) }
        if to.rank == 4, from.rank < 4 { wish(input, from, image: to) }
        guard from.rank < 4, to.rank < 4 else { return }
        let long = (from.dimensions.indices.filter { from[$0] > 1 }, to.dimensions.indices.filter { to[$0] > 1 })
        guard long.0.map({ from[$0] }) == long.1.map({ to[$0] }) else { return }
        for (axis, other) in zip(long.0, long.1) { join(input, axis, index, other) }
    }

    /// Asks that the axis of `flat` that holds whole images, its innermost, lie as they do.
    private mutating func wish(_ node: Int, _ flat: Shape, image: Shape) {
        let split = Split(channels: image[1], positions: image[2] * image[3])
        guard split.channels > 1, split.positions > 1 else { return }
        let whole = flat.dimensions.lastIndex { $0 > 1 }
        guard let whole, flat[whole] == split.channels * split.positions else { return }
        wishes[firstAxis[node] + whole, default: []].insert(split)
        images.append((firstAxis[node] + whole, flat.count))
    }
}
