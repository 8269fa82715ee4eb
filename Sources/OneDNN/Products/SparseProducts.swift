import CKernels
import COneDNN
import Tensors

/// Which values may be mostly zeros: an input, as the pixels of a binarised image are, what a ReLU gives, a ReLU's slope, and what is
/// multiplied by those, element by element.
///
/// How many zeros there are is known when the graph runs. A product of matrices counts them, and leaves them out or is dense. Which way it
/// goes changes its rounding, and depends on nothing but the numbers that it multiplies. A number that is not finite may stay unseen
/// where it would be multiplied by zero.
struct SparseValues {
    private var nodes: Set<Int> = []

    init(_ graph: Graph) {
        for (index, node) in graph.nodes.enumerated() {
            switch node.operation {
            case .input, .unary(.leakyReLU(slope: 0)), .unary(.leakyReLUSlope(slope: 0)): nodes.insert(index)
            case .unary(.bfloat16), .reshape, .binary(.multiply):
                if node.inputs.contains(where: nodes.contains) { nodes.insert(index) }
            default: break
            }
        }
    }

    func contains(_ node: Int) -> Bool { nodes.contains(node) }
}

extension CompiledPlan {
    /// A way to compute a product of matrices that leaves the zeros of one of them out.
    struct SparseProduct {
        let product: tributary_sparse_product
        /// Which matrix of the node's has the zeros.
        let sparse: tributary_slot
        let scratch: Int
    }

    /// Of fewer rows, packing the other matrix takes too long, and so does writing the result where fewer numbers are summed.
    private static let fewest = 32

    /// The ways to leave zeros out of a node's product: either matrix may have them.
    mutating func sparseProducts(
        _ node: Graph.Node, transposesFirst: Bool, transposesSecond: Bool
    ) -> [SparseProduct] {
        let (first, second) = (node.inputs[0], node.inputs[1])
        guard isHalf[first] == isHalf[second] else { return [] }
        let depth = graph.nodes[first].shape[transposesFirst ? 0 : 1]
        let product = tributary_sparse_product(
            rows: Int64(node.shape[0]), depth: Int64(depth), columns: Int64(node.shape[1]),
            first_is_transposed: transposesFirst ? 1 : 0, second_is_transposed: transposesSecond ? 1 : 0,
            result_is_transposed: 0, is_half: isHalf[first] ? 1 : 0)
        var found: [SparseProduct] = []
        if sparseValues.contains(first) { found += sparseProduct(product, TRIBUTARY_FIRST) }
        if sparseValues.contains(second) { found += sparseProduct(product.turned, TRIBUTARY_SECOND) }
        return found
    }

    private mutating func sparseProduct(
        _ product: tributary_sparse_product, _ sparse: tributary_slot
    ) -> [SparseProduct] {
        guard min(product.rows, product.depth) >= Self.fewest, product.columns % Int64(TRIBUTARY_LANES) == 0 else {
            return []
        }
        let bytes = unsafe withUnsafePointer(to: product) { unsafe tributary_sparse_product_scratch($0) }
        return [SparseProduct(product: product, sparse: sparse, scratch: newBuffer(bytes: Int(bytes)))]
    }
}

/// The ways to compute a product that leave zeros out.
@unsafe
struct BoundSparseProducts {
    private let ways: [(product: tributary_sparse_product, sparse: tributary_slot, scratch: UnsafeMutableRawPointer)]
    private let planned: [(slot: tributary_slot, address: UnsafeMutableRawPointer)]
    private let callers: [CompiledPlan.CallersBinding]

    init(
        _ ways: [CompiledPlan.SparseProduct], _ bindings: [CompiledPlan.Binding],
        callers: [CompiledPlan.CallersBinding], _ memory: Arena
    ) {
        unsafe self.ways = ways.map { unsafe ($0.product, $0.sparse, memory.rawAddress($0.scratch)) }
        unsafe planned = bindings.map { unsafe ($0.slot, memory.rawAddress($0.buffer)) }
        unsafe self.callers = callers
    }

    /// Computes the product the way that takes the fewest multiplications.
    ///
    /// - Returns: Whether there are enough zeros; if not, nothing was done.
    func run(_ borrowed: Borrowed, _ kernels: tributary_instruction_set) -> Bool {
        guard unsafe borrowed.leavesZerosOut else { return false }
        var best: (way: Int, share: Double)?
        for way in unsafe ways.indices {
            let share = unsafe share(way, borrowed, kernels)
            if unsafe share < best?.share ?? ways[way].product.largestShare { best = (way, share) }
        }
        if let best { unsafe multiply(best.way, borrowed, kernels) }
        return best != nil
    }

    /// The share of a matrix that is not zero.
    private func share(_ way: Int, _ borrowed: Borrowed, _ kernels: tributary_instruction_set) -> Double {
        let (product, sparse, scratch) = unsafe ways[way]
        let matrix = unsafe address(sparse, borrowed)
        let count = unsafe withUnsafePointer(to: product) {
            unsafe tributary_find_nonzeros(kernels, $0, matrix, scratch)
        }
        return Double(count) / Double(product.rows * product.depth)
    }

    private func multiply(_ way: Int, _ borrowed: Borrowed, _ kernels: tributary_instruction_set) {
        let (product, sparse, scratch) = unsafe ways[way]
        let other = sparse == TRIBUTARY_FIRST ? TRIBUTARY_SECOND : TRIBUTARY_FIRST
        let matrices = unsafe (address(sparse, borrowed), address(other, borrowed))
        let result = unsafe address(TRIBUTARY_RESULT, borrowed).assumingMemoryBound(to: Float.self)
        unsafe withUnsafePointer(to: product) {
            unsafe tributary_multiply_nonzeros(kernels, $0, matrices.0, matrices.1, scratch, result)
        }
    }

    private func address(_ slot: tributary_slot, _ borrowed: Borrowed) -> UnsafeMutableRawPointer {
        if let place = unsafe planned.first(where: { unsafe $0.slot == slot }) { return unsafe place.address }
        guard let place = unsafe callers.first(where: { $0.slot == slot }),
            let base = unsafe place.memory.lentToWrite(borrowed)
        else { preconditionFailure("a product's matrix has no memory") }
        return unsafe UnsafeMutableRawPointer(base + place.offset)
    }
}

extension tributary_sparse_product {
    /// (A · B)ᵀ = Bᵀ · Aᵀ, with the result put where A · B lies.
    fileprivate var turned: tributary_sparse_product {
        tributary_sparse_product(
            rows: columns, depth: depth, columns: rows, first_is_transposed: 1 - second_is_transposed,
            second_is_transposed: 1 - first_is_transposed, result_is_transposed: 1 - result_is_transposed,
            is_half: is_half)
    }

    /// Where a larger share of the numbers is not zero, a dense product is faster; one of bfloat16 numbers takes half the time of one of
    /// floats.
    fileprivate var largestShare: Double { is_half != 0 ? 0.375 : 0.75 }
}
