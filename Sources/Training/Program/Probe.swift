import Contract
import Hashing
import Randomness
import Tensors
import VAE

extension TrainingProgram {
    /// Runs the probe and returns the SHA-256 of its result: the proof that an engine computes what the contract's engine does.
    ///
    /// The probe is microbatch 0 of shard 0 on the initial parameters, with pixels that are keyed random bytes, and with a label of every
    /// class in turn on the rows that have one; twice where products may
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
        let pixels = probeBytes()
        var hash = SHA256()
        for leavesZerosOut in computer.counters.productsWithoutZeros > 0 ? [false, true] : [true] {
            computer.leavesZerosOut = leavesZerosOut
            computer.compute(microbatch, step: 0, pixels: pixels, into: &partial)
            hash.update(partial)
        }
        return hash.finalize()
    }

    private func probeBytes() -> [UInt8] {
        let random = RandomStream(seed: configuration.seed, operator: RandomStream.probe)
        let pixels = (0..<plan.microbatch * pixelsPerExample).map { UInt8(truncatingIfNeeded: random.bits($0)) }
        guard let classes = model.classes else { return pixels }
        let labelled = plan.labelled?.perMicrobatch ?? plan.microbatch
        return join(pixels, (0..<plan.microbatch).map { $0 < labelled ? UInt8($0 % classes) : Self.noLabel })
    }
}
