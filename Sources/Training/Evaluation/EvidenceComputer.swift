import Contract
import Tensors
import VAE

/// Estimates −ln p(x) of held-out examples, each from many samples of z, a bounded number at a time: memory does not grow with them. One
/// thread uses it at a time.
///
/// Source: Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, equation 8.
final class EvidenceComputer {
    private typealias Names = VariationalAutoencoder.Evidence

    private let settings: EvidenceSettings
    private let passes: EvidencePasses
    private let layout: EvidenceLayout
    /// What makes of bytes images as the model sees them.
    private let preparation: CompiledGraph
    private let evidence: CompiledGraph
    private let bytes: (ofExample: Int, ofPixels: Int)
    /// The examples of a shard that have filled no batch yet.
    private var waiting: [Waiting] = []

    private struct Waiting {
        let example: UInt32
        /// (C, H, W), from 0 to 1.
        let pixels: [Float]
    }

    /// Compiles both graphs.
    /// - Throws: `DescriptionError` where the model gives images no likelihood.
    init(_ program: TrainingProgram, _ settings: EvidenceSettings, layout: EvidenceLayout, engine: any Engine) throws {
        self.settings = settings
        self.layout = layout
        passes = EvidencePasses(samples: settings.samples, rows: program.rowsOfPass)
        let graph = try program.model.evidenceGraph(
            examples: passes.examples, samples: passes.samples, settings.proposal)
        let images = program.model.preparationGraph(count: passes.examples)
        preparation = try CompiledGraph(images, engine, of: program)
        evidence = try CompiledGraph(graph, engine, of: program)
        bytes = (program.bytesPerExample, program.pixelsPerExample)
    }

    /// Takes over the parameters and running statistics that are judged.
    func load(_ memory: any ParameterMemory) {
        preparation.load(memory)
        evidence.load(memory)
    }

    /// Takes in the examples of a microbatch that count. Batches are as large as passes want them, whatever a run's microbatches are: so what is
    /// found of an example depends on neither.
    func add(_ microbatch: Microbatch, pixels bytes: [UInt8], to sums: inout [Float]) {
        for (row, example) in microbatch.examples.enumerated() where microbatch.weights[row] != 0 {
            waiting.append(Waiting(example: example, pixels: pixels(of: row, in: bytes)))
            if waiting.count == passes.examples { estimateWaiting(&sums) }
        }
    }

    /// Estimates those of a shard that fill no batch.
    func finish(_ sums: inout [Float]) {
        if !waiting.isEmpty { estimateWaiting(&sums) }
    }

    private func pixels(of row: Int, in examples: [UInt8]) -> [Float] {
        let start = row * bytes.ofExample
        var values = [Float](repeating: 0, count: bytes.ofPixels)
        writeUnitInterval(examples[start..<start + bytes.ofPixels], to: &values, values.indices)
        return values
    }

    /// Writes the estimates of the examples that wait into their places among the sums of their shard.
    private func estimateWaiting(_ sums: inout [Float]) {
        // What fills a batch up is an example that counts, again.
        let batch = waiting + Array(repeating: waiting[0], count: passes.examples - waiting.count)
        preparation[input: VariationalAutoencoder.pixels] = batch.flatMap(\.pixels)
        preparation.run(examples: batch.map(\.example))
        evidence[input: VariationalAutoencoder.pixels] = preparation[output: VariationalAutoencoder.pixels]
        for index in 0..<settings.repeats {
            let found = estimate(
                batch.map(\.example), samples: index * settings.samples..<(index + 1) * settings.samples)
            for (waiting, value) in zip(waiting, found) {
                layout.write(value, of: Int(waiting.example), repeat: index, to: &sums)
            }
        }
        waiting = []
    }

    /// An estimate for each example of the batch, from samples of the given numbers.
    private func estimate(_ examples: [UInt32], samples: Range<Int>) -> [EvidenceEstimate.OfImage] {
        for (name, value) in zip(Names.running, Names.start) {
            evidence[input: name] = Array(repeating: value, count: passes.examples)
        }
        evidence[input: Names.samples] = [Float(samples.count)]
        let rows = examples.flatMap { Array(repeating: $0, count: passes.samples) }
        for pass in 0..<passes.count {
            let first = samples.lowerBound + pass * passes.samples
            let numbers = first..<first + passes.samples
            evidence[input: Names.counted] = numbers.map { $0 < samples.upperBound ? 1 : 0 }
            let ofOne = numbers.map { UInt16(truncatingIfNeeded: $0) }
            evidence.run(examples: rows, samples: examples.flatMap { _ in ofOne })
            for name in Names.running { evidence[input: name] = evidence[output: name] }
        }
        return zip(evidence[output: Names.negativeLogLikelihood], evidence[output: Names.effectiveSampleSize]).map {
            EvidenceEstimate.OfImage(negativeLogLikelihood: Double($0), effectiveSampleSize: Double($1))
        }
    }
}

/// How the samples of one estimate are cut into passes.
struct EvidencePasses: Sendable {
    /// The images of a batch.
    let examples: Int
    /// The samples of each image in a pass.
    let samples: Int
    let count: Int

    /// As many samples as make matrix products large.
    private static let most = 128

    /// - Parameter rows: How many samples of all images may be in a pass.
    init(samples: Int, rows: Int) {
        let most = min(Self.most, rows)
        count = (samples + most - 1) / most
        self.samples = (samples + count - 1) / count
        examples = max(1, rows / self.samples)
    }
}
