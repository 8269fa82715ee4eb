import ArgumentParser
import Foundation
import Ingest

/// `tributary data …`: other people's data in, and a look at what is there.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Imports, draws, inspects and converts image datasets.",
        subcommands: [DataImport.self, Synthesize.self, Inspect.self, Convert.self])
}

extension DataCommand {
    struct Synthesize: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draws images, so that training needs no download.", subcommands: [Faces.self])
    }

    struct Faces: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draws varied faces with named attributes.",
            discussion: "Example:\n  tributary data synthesize faces --count 4000 --out faces.h5")

        @Option(help: "How many faces; 80 % are for training, 10 % for validation, 10 % for testing.") var count: Int
        @OptionGroup var destination: DatasetOutput
        @Option(help: "Width and height, in pixels.") var size = 64
        @Option(help: "The seed of the random numbers.", transform: Readings.seed) var seed: UInt64 = 0

        func validate() throws {
            guard (10...10_000_000).contains(count) else {
                throw ValidationError("--count is from 10 to 10000000, not \(count)")
            }
            guard (16...512).contains(size) else { throw ValidationError("--size is from 16 to 512, not \(size)") }
        }

        func run() throws {
            try FaceSynthesis(count: count, size: size, seed: seed).write(to: destination.begin())
            try output("\(destination.out): \(count) faces of \(size) × \(size) pixels")
        }
    }
}

/// Any value as JSON for scripts: sorted keys in the style of `metrics.jsonl`, one line.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
