import CKernels
import Tensors

/// A convolution, or its input gradient, by the engine's own kernels, where they are faster than oneDNN's.
enum OwnConvolution {
    /// With fewer products than the plain sum.
    case winograd(tributary_winograd)
    /// Few channels to many.
    case narrow(tributary_narrow)
    /// In bfloat16, where channels are zero as a whole or not needed.
    case selective(tributary_selective)

    /// Whether channels that are zero as a whole are left out. Few channels would be too few to be worth a list.
    var leavesChannelsOut: Bool { if case .narrow = self { false } else { true } }

    /// Whether channels that nothing needs are left out.
    var makesWhatIsNeeded: Bool { if case .selective = self { true } else { false } }

    var isGradient: Bool {
        switch self {
        case .winograd(let convolution): convolution.is_gradient != 0
        case .narrow: false
        case .selective(let convolution): convolution.is_gradient != 0
        }
    }

    /// Bytes of a weight (O, I, h, w), packed.
    func packedBytes(_ weight: Shape) -> Int {
        switch self {
        case .winograd(let convolution):
            unsafe withUnsafePointer(to: convolution) { unsafe Int(tributary_winograd_packed($0)) }
        case .narrow:
            // Enough for pairs of halves too.
            weight[0] * weight[2] * (weight[1] * weight[3] + 1) * MemoryLayout<Float>.stride
        case .selective(let convolution):
            unsafe withUnsafePointer(to: convolution) { unsafe Int(tributary_selective_packed($0)) }
        }
    }

    /// The weight's axes (O, I, h, w) as packing reads them: what is read before what is made.
    func strides(_ weight: Shape) -> [Int] {
        let place = weight[0] * weight[1]
        return (isGradient ? [weight[1], 1] : [1, weight[0]]) + [weight[3] * place, place]
    }

    var scratchBytes: Int {
        switch self {
        case .winograd(let convolution):
            unsafe withUnsafePointer(to: convolution) { unsafe Int(tributary_winograd_scratch($0)) }
        case .narrow(let convolution):
            unsafe withUnsafePointer(to: convolution) { unsafe Int(tributary_narrow_scratch($0)) }
        case .selective(let convolution):
            unsafe withUnsafePointer(to: convolution) { unsafe Int(tributary_selective_scratch($0)) }
        }
    }

    @unsafe
    func pack(
        _ kernels: tributary_instruction_set, _ weight: UnsafeMutablePointer<Float>, _ packed: UnsafeMutableRawPointer
    ) {
        switch self {
        case .winograd(let convolution):
            unsafe withUnsafePointer(to: convolution) { unsafe tributary_winograd_pack(kernels, $0, weight, packed) }
        case .narrow(let convolution):
            unsafe withUnsafePointer(to: convolution) { unsafe tributary_narrow_pack(kernels, $0, weight, packed) }
        case .selective(let convolution):
            unsafe withUnsafePointer(to: convolution) {
                unsafe tributary_selective_pack($0, weight, packed.assumingMemoryBound(to: UInt16.self))
            }
        }
    }

    /// - Parameter kept: A number for each image and each channel that is read, 0 for those that are zero as a whole; nil where none is
    ///   known to be.
    /// - Parameter needed: The same for each channel that is made, 0 for those that need not be and become zero.
    @unsafe
    func run(
        _ kernels: tributary_instruction_set, images: Int, _ source: UnsafeMutableRawPointer,
        kept: UnsafePointer<Float>?, needed: UnsafePointer<Float>?, _ packed: UnsafeMutableRawPointer,
        _ scratch: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer
    ) {
        switch self {
        case .winograd(let convolution):
            unsafe withUnsafePointer(to: convolution) {
                unsafe tributary_winograd_run(kernels, $0, Int64(images), source, kept, packed, scratch, target)
            }
        case .narrow(let convolution):
            unsafe withUnsafePointer(to: convolution) {
                unsafe tributary_narrow_convolution(kernels, $0, Int64(images), source, packed, scratch, target)
            }
        case .selective(let convolution):
            let (source, packed, target) = unsafe (
                source.assumingMemoryBound(to: UInt16.self), packed.assumingMemoryBound(to: UInt16.self),
                target.assumingMemoryBound(to: UInt16.self)
            )
            unsafe withUnsafePointer(to: convolution) {
                unsafe tributary_selective_run($0, Int64(images), source, kept, needed, packed, scratch, target)
            }
        }
    }

    func cost(images: Int, chunks: Double) -> OperationCost {
        // Operations are those of the plain sum, of which fewer may be done.
        let name = isGradient ? "input gradient of a convolution" : "convolution"
        switch self {
        case .winograd(let convolution):
            return Self.cost(
                name, "own, minimal filtering", images, chunks, convolution.x_extents,
                (convolution.window, convolution.window), convolution.y_extents, bytes: 4)
        case .narrow(let convolution):
            return Self.cost(
                name, "own", images, chunks, convolution.x_extents, convolution.window, convolution.y_extents,
                bytes: convolution.is_half != 0 ? 2 : 4)
        case .selective(let convolution):
            return Self.cost(
                name, "own, without dropped channels", images, chunks, convolution.x_extents, convolution.window,
                convolution.y_extents, bytes: 2)
        }
    }

    private static func cost(
        _ name: String, _ kernel: String, _ images: Int, _ chunks: Double, _ x: (Int64, Int64, Int64),
        _ window: (Int64, Int64), _ y: (Int64, Int64, Int64), bytes: Int64
    ) -> OperationCost {
        let products = y.0 * y.1 * y.2 * window.0 * window.1 * x.2
        let elements = x.0 * x.1 * x.2 + y.0 * y.1 * y.2
        return OperationCost(
            kind: .linear, name: "\(name) of \(images) images \(x), window \(window), results \(y)", kernel: kernel,
            flops: chunks * Double(2 * Int64(images) * products),
            bytes: chunks * Double(Int64(images) * elements * bytes))
    }
}
