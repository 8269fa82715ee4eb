import CKernels
import COneDNN
import Tensors

extension CompiledPlan {
    /// What each step of a run costs, without times.
    var costs: [OperationCost] {
        var costs: [OperationCost] = []
        for segment in segments {
            for step in segment.steps { costs.append(cost(of: runs[step], chunks: Double(segment.chunks))) }
        }
        return costs
    }

    private func cost(of step: Step, chunks: Double) -> OperationCost {
        switch step {
        case .kernel(let kernel, let bindings, let callers, let sparse):
            let slots = bindings.map(\.slot) + callers.map(\.slot)
            let bytes = slots.reduce(0) { $0 + kernel.bytes($1) }
            return OperationCost(
                kind: kernel.flops > 0 ? .linear : .copy, name: kernel.name,
                kernel: sparse.isEmpty ? kernel.implementation : "own without zeros, or \(kernel.implementation)",
                flops: chunks * kernel.flops, bytes: chunks * Double(bytes))
        case .loop(let program, _, _):
            let elements = Double(program.extents.reduce(1, *))
            return OperationCost(
                kind: .elementwise, name: "loop over \(program.extents), \(program.stores.count) results",
                kernel: "\(program.instructions.count) instructions",
                flops: chunks * elements * Double(program.instructions.count),
                bytes: chunks * elements * program.bytesOfElement)
        case .copy(let copy):
            return copying("copy", copy.extents.reduce(1, *) * 2 * MemoryLayout<Float>.stride, chunks)
        case .rounding(_, _, let count, _): return copying("rounding of parameters", count * 6, chunks)
        case .weightGradient(let gradient, let images, let isHalf, _, _, _, _, _):
            return cost(of: gradient, images: images, isHalf: isHalf, chunks)
        case .convolution(let convolution, let images, _, _, _, _, _, _):
            return convolution.cost(images: images, chunks: chunks)
        case .packing(_, let source, let target):
            return copying("packing of a weight", buffers[source].bytes + buffers[target].bytes, chunks)
        case .columns(let columns, let images, let products, _, _):
            let pixels = Double(columns.result_height * columns.result_width * columns.channels) * Double(images)
            return OperationCost(
                kind: .elementwise, name: "windows of a transposed convolution", kernel: "", flops: 0,
                bytes: chunks * (Double(buffers[products].bytes) + 4 * pixels))
        case .zero(_, let bytes): return copying("zeros", bytes, chunks)
        case .noise(let noise, let row, let rows, _, _, _):
            return OperationCost(
                kind: .noise, name: "\(noise.distribution) noise", kernel: "Philox4x32-10", flops: 0,
                bytes: Double(row * rows * MemoryLayout<Float>.stride))
        }
    }

    private func cost(
        of gradient: tributary_weight_gradient, images: Int, isHalf: Bool, _ chunks: Double
    ) -> OperationCost {
        let (x, y, window) = (gradient.x_extents, gradient.y_extents, gradient.window)
        let products = y.0 * y.1 * y.2 * window.0 * window.1 * x.2
        let elements = x.0 * x.1 * x.2 + y.0 * y.1 * y.2
        return OperationCost(
            kind: .linear,
            name: "weight gradient of a convolution of \(images) images \(x), window \(window), results \(y)",
            kernel: "own", flops: chunks * Double(2 * images) * Double(products),
            bytes: chunks * Double(images) * Double(elements) * (isHalf ? 2 : 4))
    }

    private func copying(_ name: String, _ bytes: Int, _ chunks: Double) -> OperationCost {
        OperationCost(kind: .copy, name: name, kernel: "", flops: 0, bytes: chunks * Double(bytes))
    }
}

extension LoopProgram {
    /// Bytes read and written for each element of the loop; stretched operands stay in the cache.
    fileprivate var bytesOfElement: Double {
        let whole = extents.reduce(1, *)
        let places = operands + stores.map(\.place)
        let streamed = places.filter { place in zip(place.strides, extents).allSatisfy { $0 != 0 || $1 == 1 } }
        return whole == 0 ? 0 : Double(streamed.count * MemoryLayout<Float>.stride)
    }
}
