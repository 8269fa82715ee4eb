import CKernels

/// Has the products of convolutions in each turn of a segment prefetch what the steps of the next read and write.
///
/// Loops wait for memory, and convolutions hardly need it: one after the other they leave either the processor or the way to memory idle.
/// What is prefetched changes no bit.
@safe
struct Prefetch {
    private let memories: UnsafeMutablePointer<tributary_parts>
    private let count: Int
    /// Those of a turn, known after the first.
    private var products: Int64 = 0

    init(_ parts: [CompiledPlan.ChunkedBuffer], _ memory: Arena) {
        count = parts.count
        unsafe memories = memory.keep(
            parts.map { unsafe tributary_parts(first: memory.rawAddress($0.buffer), bytes: Int64($0.bytesOfChunk)) })
    }

    func begin(_ turn: CompiledPlan.Turn) {
        guard let next = turn.next else { return }
        unsafe tributary_begin_prefetch(memories, Int64(count), Int64(next), products)
    }

    /// Returns how many bytes were prefetched.
    mutating func end() -> Int {
        let done = tributary_end_prefetch()
        products = done.products
        return Int(done.bytes)
    }

    /// Takes, as a product with room for so many lines of the cache does, what it prefetches: the address of the first line, if any.
    static func take(lines most: Int) -> UInt? {
        let lines = unsafe tributary_lines_of_product(Int64(most))
        return unsafe lines.step == 0 ? nil : UInt(bitPattern: lines.next)
    }
}

extension CompiledPlan {
    /// A buffer with a part for each chunk, one after the other.
    struct ChunkedBuffer: Equatable {
        let buffer: Int
        let bytesOfChunk: Int

        /// Smaller parts cost more to keep track of than to wait for.
        static let fewestBytes = 4096
    }

    /// What loops, convolutions and products of a segment read and write of values for all examples.
    func chunkedBuffers(of segment: Segment) -> [ChunkedBuffer] {
        var found: [ChunkedBuffer] = []
        for part in runs[segment.steps].flatMap(chunkedBuffers) where !found.contains(part) { found.append(part) }
        return found.filter { $0.bytesOfChunk >= ChunkedBuffer.fewestBytes }
    }

    private func chunkedBuffers(of step: Step) -> [ChunkedBuffer] {
        let bindings: [Binding]
        switch step {
        case .loop(let program, let memory, _):
            return zip(program.operands + program.stores.map(\.place), memory)
                .map { ChunkedBuffer(buffer: $1, bytesOfChunk: $0.chunkStride * size($0.node)) }
        case .kernel(_, let memory, _, _): bindings = memory
        case .weightGradient(_, _, _, let x, let y, _, _, _): bindings = [x, y]
        case .convolution(_, _, let source, _, _, _, _, let target): bindings = [source, target]
        case .columns(_, _, _, _, let target): bindings = [target]
        case .packing, .copy, .rounding, .zero, .noise: bindings = []
        }
        return bindings.map { ChunkedBuffer(buffer: $0.buffer, bytesOfChunk: $0.chunkStride) }
    }
}
