import Tensors
import Testing
import VAE

@testable import OneDNN

/// Memory that the products of one turn prefetch for the next.
@Suite struct PrefetchTests {
    private static let precisions = hasBFloat16 ? [Precision.float32, .bfloat16] : [.float32]
    /// One a chunk.
    private static let images = 8

    private func graph(_ precision: Precision) throws -> Graph {
        try PresetStep("face-64").model.trainingGraph(microbatch: Self.images).rounded(to: precision)
    }

    /// Once it is known how many products a turn has, they prefetch nearly all that the steps of the next read and write of values for
    /// all examples.
    @Test(arguments: precisions) func nextChunksArePrefetched(precision: Precision) throws {
        let graph = try graph(precision)
        let engine = try testedEngine()
        let plan = try CompiledPlan(graph, bytesOfChunk: 1)
        let executable = try engine.compile(graph, own: engine.instructionSet, bytesOfChunk: 1)
        var prefetched: [Int] = []
        for _ in 0..<3 {
            try run(executable, graph)
            prefetched.append(executable.counters.bytesPrefetched)
        }
        let all = plan.segments.filter { $0.chunks > 1 }.reduce(0) { sum, segment in
            sum + (segment.chunks - 1) * plan.chunkedBuffers(of: segment).reduce(0) { $0 + $1.bytesOfChunk }
        }
        #expect(plan.segments.count { $0.chunks == Self.images } > 5)
        // The products of halves with colours are too few for as many lines.
        let share = precision == .float32 ? 0.9 : 0.65
        #expect(prefetched[0] > 0)
        for (before, after) in zip(prefetched, prefetched.dropFirst()) {
            #expect(after - before <= all)
            #expect(Double(after - before) > share * Double(all))
        }
    }

    /// Products prefetch the next chunk's parts of one memory after the other, from beginning to end.
    @Test func linesAreThoseOfTheNextChunk() throws {
        let plan = try CompiledPlan(graph(.float32), bytesOfChunk: 1)
        let memory = Arena(plan, filledWith: 0)
        let segment = try #require(plan.segments.last { $0.chunks > 1 })
        let buffers = plan.chunkedBuffers(of: segment)
        let turns = Array(segment.turns)
        var prefetch = Prefetch(buffers, memory)
        prefetch.begin(turns[0])
        #expect(Prefetch.take(lines: 1) == nil)
        #expect(prefetch.end() == 0)
        // In that turn there was one product, which now gets everything, but takes no more than it has room for.
        prefetch.begin(turns[1])
        for buffer in buffers {
            let first =
                unsafe UInt(bitPattern: memory.rawAddress(buffer.buffer)) + UInt(turns[2].chunk * buffer.bytesOfChunk)
            for line in stride(from: 0, to: buffer.bytesOfChunk / 64, by: 7) {
                #expect(Prefetch.take(lines: 7) == first + UInt(64 * line))
            }
        }
        #expect(Prefetch.take(lines: 7) == nil)
        #expect(prefetch.end() == buffers.reduce(0) { $0 + $1.bytesOfChunk })
    }

    /// What a turn prefetches for is the chunk that comes next, in either direction.
    @Test func turnsKnowTheNextChunk() throws {
        let segments = try CompiledPlan(graph(.float32), bytesOfChunk: 1).segments
        #expect(Set(segments.filter { $0.chunks > 1 }.map(\.isReversed)) == [false, true])
        for segment in segments {
            let turns = Array(segment.turns)
            #expect(turns.map(\.next) == turns.dropFirst().map(\.chunk) + [nil])
            #expect(turns.map(\.isFirst) == turns.indices.map { $0 == 0 })
        }
    }

    private func run(_ executable: any Executable, _ graph: Graph) throws {
        let step = try PresetStep("face-64")
        executable.load(parameters: step.model.initialParameters(seed: 1), statistics: step.model.initialStatistics())
        var outputs = [Float](repeating: 0, count: graph.outputs.count)
        let inputs = values(graph.inputs.count, seed: 1, kind: 4, scale: 0.5).map(abs)
        executable.run(inputs: inputs, noise: keys(rows: Self.images, seed: 1), into: &outputs)
    }
}
