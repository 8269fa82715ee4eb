import Foundation
import Tensors
import Testing

@testable import OneDNN

@Suite struct RandomGraphTests {
    private static let seeds: Range<UInt64> = 0..<150

    @Test func randomGraphsAgreeWithTheInterpreter() throws {
        for seed in Self.seeds { try expectAgreement(RandomGraph.make(seed), seed: seed, tolerance: 1e-3) }
    }

    @Test func randomGraphsInChunksOfOneExampleAgreeWithTheInterpreter() throws {
        for seed in Self.seeds {
            try expectAgreement(RandomGraph.make(seed), seed: seed, tolerance: 1e-3, bytesOfChunk: 1)
        }
    }

    /// Where a rounding falls to the other side, what follows differs by more than float32's rounding.
    @Test(
        .enabled(if: hasBFloat16, "scripts/test runs it in a process of the class avx512-bf16"),
        arguments: [1, 1_000_000])
    func roundedRandomGraphsAgreeWithTheInterpreter(bytesOfChunk: Int) throws {
        for seed in Self.seeds {
            try expectAgreement(
                RandomGraph.make(seed).rounded(to: .bfloat16), seed: seed, tolerance: 2e-3, bytesOfChunk: bytesOfChunk)
        }
    }

    @Test func theSameGraphsGiveTheSameBitsAgain() throws {
        #expect(try Self.digest() == Self.digest())
    }

    /// Bytes of 255 are no numbers, and spoil every result that they reach, also multiplied by zero.
    @Test(arguments: Precision.allCases)
    func nothingIsReadBeforeItIsWritten(precision: Precision) throws {
        guard precision == .float32 || hasBFloat16 else { return }
        let set = try testedEngine().instructionSet
        #expect(try Self.digest(set, precision, filledWith: 255) == Self.digest(set, precision))
    }

    /// In another process dictionaries and sets have another order, and memory lies elsewhere.
    @Test func theSameGraphsGiveTheSameBitsInAnotherProcess() async throws {
        let other = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
            print("digest \(try Self.digest())")
            fflush(nil)
        }
        let text = String(decoding: other.standardOutputContent, as: UTF8.self)
        #expect(text.contains("digest \(try Self.digest())"))
    }

    /// A thread that has computed nothing yet.
    @Test func theSameGraphsGiveTheSameBitsOnAnotherThread() async throws {
        let other = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Result { try Self.digest() }) }
        }
        #expect(try other.get() == Self.digest())
    }

    @Test(
        .enabled(
            if: (try? testedEngine().instructionSet) != .avx2, "this process has no AVX-512 to compare AVX2 with"))
    func loopsAndNoiseOfBothInstructionSetsGiveTheSameBits() throws {
        #expect(try Self.digest(.avx2) == Self.digest(.avx512))
        if hasBFloat16 {
            #expect(try Self.digest(.avx2, .bfloat16) == Self.digest(.avx512, .bfloat16))
        }
    }

    /// A hash (FNV-1a) of the outputs of every graph, each built and compiled anew.
    ///
    /// - Parameter set: What the engine's own kernels use; oneDNN's use the best of the process.
    private static func digest(
        _ set: InstructionSet? = nil, _ precision: Precision = .float32, filledWith filler: UInt8 = 0
    ) throws -> UInt64 {
        let set = try set ?? testedEngine().instructionSet
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for seed in seeds {
            for value in try outputs(of: RandomGraph.make(seed).rounded(to: precision), seed: seed, set, filler) {
                hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3
            }
        }
        return hash
    }

    private static func outputs(of graph: Graph, seed: UInt64, _ set: InstructionSet, _ filler: UInt8) throws -> [Float]
    {
        let executable = try testedEngine().compile(graph, own: set, filledWith: filler)
        var outputs = [Float](repeating: .nan, count: graph.outputs.count)
        executable.load(
            parameters: values(graph.parameters.count, seed: seed, kind: 1, scale: 1),
            statistics: values(graph.statistics.count, seed: seed, kind: 2, scale: 1).map { abs($0) + 0.1 })
        executable.run(
            inputs: values(graph.inputs.count, seed: seed, kind: 3, scale: 1),
            noise: keys(rows: graph.noiseRows ?? 0, seed: seed), into: &outputs)
        return outputs
    }
}
