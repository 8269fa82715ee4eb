import COneDNN
import Tensors

/// One call of oneDNN: a convolution, a matrix product or a change of layout, with memory that the owner binds.
@safe
final class Kernel {
    private let handle: OpaquePointer
    /// What it computes, with shapes.
    let name: String
    /// Floating-point operations of a call.
    let flops: Double

    private init(_ handle: OpaquePointer?, _ status: Int32, _ name: String, flops: Double = 0) throws {
        guard let handle = unsafe handle else { throw EngineError("oneDNN cannot make a \(name) (status \(status))") }
        unsafe self.handle = handle
        self.name = name
        self.flops = flops
    }

    deinit { unsafe tributary_kernel_destroy(handle) }

    /// A convolution or its gradient; `x`, `weight` and `y` are its shapes.
    static func convolution(
        _ direction: tributary_direction, _ window: Operation.Convolution, x: Shape, weight: Shape, y: Shape,
        operands: tributary_element, result: tributary_element
    ) throws -> Kernel {
        var description = tributary_window(
            stride: window.stride.pair, padding_before: window.paddingBefore.pair,
            padding_after: window.paddingAfter.pair)
        var status: Int32 = 0
        let handle = unsafe tributary_convolution(
            direction, x.extents, weight.extents, y.extents, &description, operands, result, &status)
        let flops = 2 * Double(y.count) * Double(weight.count / weight[0])
        return try unsafe Kernel(
            handle, status, "\(direction.name) of x \(x), weight \(weight), y \(y)", flops: flops)
    }

    /// A product of matrices that lie as said; `packsSecond` lets the library choose the second one's layout.
    static func matrixProduct(
        _ first: tributary_layout, _ second: tributary_layout, _ result: tributary_layout, packsSecond: Bool
    ) throws -> Kernel {
        var (first, second, result, status) = (first, second, result, Int32(0))
        let (rows, inner, columns) = (first.extents.0, first.extents.1, second.extents.1)
        let handle = unsafe tributary_matrix_product(&first, &second, &result, packsSecond ? 1 : 0, &status)
        return try unsafe Kernel(
            handle, status, "matrix product of \(rows) x \(inner) and \(inner) x \(columns)",
            flops: 2 * Double(rows) * Double(inner) * Double(columns))
    }

    /// Copies a plain layout into the one that `owner` chose for its second operand.
    static func packing(_ plain: tributary_layout, of owner: Kernel) throws -> Kernel {
        var (plain, status) = (plain, Int32(0))
        let handle = unsafe tributary_packing(&plain, owner.handle, &status)
        return try unsafe Kernel(handle, status, "change of layout")
    }

    /// The size of a slot's memory.
    func bytes(_ slot: tributary_slot) -> Int { unsafe tributary_kernel_bytes(handle, slot) }

    func bind(_ slot: tributary_slot, to memory: UnsafeMutableRawPointer) {
        let status = unsafe tributary_kernel_bind(handle, slot, memory)
        precondition(status == 0, "oneDNN refused a memory address (status \(status))")
    }

    /// The implementation that oneDNN chose, e.g. `brgconv:avx512_core`.
    var implementation: String { unsafe String(cString: tributary_kernel_name(handle)) }

    func run() {
        let status = unsafe tributary_kernel_run(handle)
        precondition(status == 0, "oneDNN failed in a kernel that it had made (status \(status))")
    }
}

extension tributary_direction {
    fileprivate var name: String {
        switch self {
        case TRIBUTARY_FORWARD: "convolution"
        default: "input gradient of a convolution"
        }
    }
}

extension tributary_layout {
    /// A tensor of up to four axes with the given distances between neighbours, in elements.
    init(_ extents: [Int], strides: [Int], _ element: tributary_element = TRIBUTARY_FLOAT32) {
        self.init()
        self.element = element
        rank = Int32(extents.count)
        self.extents = extents.quadruple(filledWith: 1)
        self.strides = strides.quadruple(filledWith: 1)
    }
}

extension Shape {
    fileprivate var extents: [Int64] { dimensions.map(Int64.init) }
}

extension SIMD2<Int> {
    fileprivate var pair: (Int64, Int64) { (Int64(x), Int64(y)) }
}

extension [Int] {
    /// The elements as C's array of four, filled up at the end.
    func quadruple(filledWith filler: Int64) -> (Int64, Int64, Int64, Int64) {
        let four = map(Int64.init) + Array<Int64>(repeating: filler, count: Swift.max(0, 4 - count))
        return (four[0], four[1], four[2], four[3])
    }
}
