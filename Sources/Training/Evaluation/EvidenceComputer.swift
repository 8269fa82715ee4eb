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

    /// Compiles both graphs.
    /// - Throws: `DescriptionError` where the model gives images no likelihood.
    init(_ program: TrainingProgram, _ settings: EvidenceSettings, layout: EvidenceLayout, engine: any Engine) throws {
        self.settings = settings
        self.layout = layout
        passes = EvidencePasses(
            samples: settings.samples, rows: program.rowsOfPass, microbatch: program.plan.microbatch)
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

    /// Writes the estimates of the examples that count into their places among the sums of a shard.
    func add(_ microbatch: Microbatch, pixels: [UInt8], to sums: inout [Float]) {
        let counting = microbatch.weights.indices.filter { microbatch.weights[$0] != 0 }
        for first in stride(from: 0, to: counting.count, by: passes.examples) {
            let rows = counting[first..<min(first + passes.examples, counting.count)]
            // What fills a batch up is an example that counts, again.
            let filled = Array(rows) + Array(repeating: rows[first], count: passes.examples - rows.count)
            prepare(filled, microbatch, pixels)
            let examples = filled.map { microbatch.examples[$0] }
            for index in 0..<settings.repeats {
                let found = estimate(examples, samples: index * settings.samples..<(index + 1) * settings.samples)
                for (example, value) in zip(examples.prefix(rows.count), found) {
                    layout.write(value, of: Int(example), repeat: index, to: &sums)
                }
            }
        }
    }

    private func prepare(_ rows: [Int], _ microbatch: Microbatch, _ pixels: [UInt8]) {
        var values = [Float](repeating: 0, count: rows.count * bytes.ofPixels)
        for (place, row) in rows.enumerated() {
            let start = row * bytes.ofExample
            writeUnitInterval(
                pixels[start..<start + bytes.ofPixels], to: &values,
                place * bytes.ofPixels..<(place + 1) * bytes.ofPixels)
        }
        preparation[input: VariationalAutoencoder.pixels] = values
        preparation.run(examples: rows.map { microbatch.examples[$0] })
        evidence[input: VariationalAutoencoder.pixels] = preparation[output: VariationalAutoencoder.pixels]
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

    /// - Parameters:
    ///   - rows: How many samples of all images may be in a pass.
    ///   - microbatch: The most images that there are at a time.
    init(samples: Int, rows: Int, microbatch: Int = .max) {
        let most = min(Self.most, rows)
        count = (samples + most - 1) / most
        self.samples = (samples + count - 1) / count
        examples = min(microbatch, max(1, rows / self.samples))
    }
}
