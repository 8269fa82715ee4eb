import Contract
import Hashing
import Randomness
import Tensors

extension TrainingProgram {
    /// Runs the probe and returns the SHA-256 of its result: the proof that an engine computes what the contract's engine does.
    ///
    /// The probe is microbatch 0 of shard 0 on the initial parameters, with pixels that are keyed random bytes; twice where products may
    /// leave zeros out, since a training may come to compute both ways.
    public func probe(engine: any Engine) throws -> SHA256Digest {
        probe(on: try leafComputer(engine: engine))
    }

    /// Runs the probe on a graph that is compiled already; it then holds the initial parameters.
    public func probe(on computer: LeafComputer) -> SHA256Digest {
        let state = initialState()
        computer.load(state.parameterMemory)
        var partial = [Float](repeating: 0, count: layout.partialCount)
        let microbatch = plan.microbatch(step: 0, shard: 0, seed: configuration.seed)
        let pixels = probePixels()
        var hash = SHA256()
        for leavesZerosOut in computer.counters.productsWithoutZeros > 0 ? [false, true] : [true] {
            computer.leavesZerosOut = leavesZerosOut
            computer.compute(microbatch, step: 0, pixels: pixels, into: &partial)
            hash.update(partial)
        }
        return hash.finalize()
    }

    private func probePixels() -> [UInt8] {
        let random = RandomStream(seed: configuration.seed, operator: RandomStream.probe)
        return (0..<plan.microbatch * pixelsPerExample).map { UInt8(truncatingIfNeeded: random.bits($0)) }
    }
}
