import ArgumentParser
import Foundation
import Ingest

/// `tributary data …`: other people's data in, and a look at what is there.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Imports, draws and inspects image datasets.",
        subcommands: [Import.self, Synthesize.self, Inspect.self])
}

extension DataCommand {
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings images into an HDF5 file that training reads.",
            discussion: """
                Examples:
                  tributary data import mnist ~/mnist --out mnist.h5
                  tributary data import celeba ~/celeba --size 64 --out celeba-64.h5
                """,
            subcommands: [ImportMNIST.self, ImportCelebA.self])
    }

    struct ImportMNIST: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mnist", abstract: "The four IDX files of MNIST, gzipped or not.",
            discussion: "Example:\n  tributary data import mnist ~/mnist --out mnist.h5")

        @Argument(help: "The folder with the files.", completion: .directory) var source: String
        @OptionGroup var target: ImportTarget

        func run() throws {
            let mnist = MNISTImport(source: source)
            let file = try target.destination.begin(besides: [source] + mnist.files())
            try target.finish(mnist.write(to: file, progress: target.progress))
        }
    }

    struct ImportCelebA: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "celeba", abstract: "CelebA's aligned images, with its attributes and official split.",
            discussion: """
                The source is a folder with img_align_celeba.zip or the extracted img_align_celeba, list_attr_celeba.txt \
                (or Kaggle's .csv) and list_eval_partition.txt; or the zip itself with the lists beside it. Any subset of \
                the images will do.

                Example:
                  tributary data import celeba ~/celeba --size 64 --out celeba-64.h5

                Crops:
                \(CelebACrop.all.map { "  \($0.name.padding(toLength: 12, withPad: " ", startingAt: 0)) \($0.origin)" }.joined(separator: "\n"))
                """)

        @Argument(help: "The folder or zip file.", completion: .directory) var source: String
        @OptionGroup var target: ImportTarget
        @Option(help: "Width and height of the images written, in pixels.") var size = 64
        @Option(help: "Which part of the 178 × 218 pixels is kept, by name.") var crop: String = CelebACrop.standard
            .name

        func validate() throws {
            guard (8...1024).contains(size) else { throw ValidationError("--size is from 8 to 1024, not \(size)") }
            guard CelebACrop(named: crop) != nil else {
                let names = CelebACrop.all.map(\.name).joined(separator: ", ")
                throw ValidationError("there is no crop called \(crop): choose one of \(names)")
            }
        }

        func run() throws {
            let celeba = CelebAImport(source: source, crop: CelebACrop(named: crop) ?? .standard, size: size)
            let file = try target.destination.begin(besides: [source] + celeba.files())
            try target.finish(celeba.write(to: file, progress: target.progress))
        }
    }

    /// Where an import goes, and how it reports.
    struct ImportTarget: ParsableArguments {
        @OptionGroup var destination: DatasetOutput
        @Flag(help: "Print what was imported as JSON.") var json = false

        var progress: ImportProgress {
            { done, total in Terminal.standardError.status("\(done) of \(total) images") }
        }

        func finish(_ report: ImportReport) throws {
            Terminal.standardError.status("")
            try output(json ? try jsonText(report) : report.description)
        }
    }

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

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what an image file holds.",
            discussion: "Example:\n  tributary data inspect faces.h5")

        @Argument(help: "The HDF5 file.", completion: .file()) var file: String
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            try ForeignFile.dataset.requireSafe(file)
            let summary = try DatasetSummary(of: ImageDataset(file))
            try output(json ? try jsonText(summary) : summary.description)
        }
    }
}

/// Any value as JSON for scripts: sorted keys in the style of `metrics.jsonl`, one line.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
