import Contract
import Training
import Tributary

/// The first images of a held-out split.
struct HeldOutImages {
    let pixels: [UInt8]
    let count: Int

    init(
        _ path: String, _ reading: DataOptions, split: String?, first wanted: Int, for program: TrainingProgram
    ) throws {
        let source = try DatasetSource(path, reading.added(to: program.configuration.data), judging: split)
        try program.check(source)
        let part: Training.Split = source.count(.valid) > 0 ? .valid : .train
        count = min(wanted, source.count(part))
        pixels = try source.pixels(of: Array(0..<count), in: part)
    }
}
