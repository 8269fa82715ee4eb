// exports: exports with what Tributary makes of some inputs, for other programs to compare.

import ArgumentParser
import Export
import ExportSamples
import Foundation
import Training

/// Trains small models for a few steps and exports them, each with its checkpoint and with what Tributary makes of some inputs:
/// `scripts/interchange/check_export.py` reads them.
@main struct Exports: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exports", abstract: "Exports of small models, with what Tributary makes of some inputs.")

    @Argument(help: "The folder to make.") var folder: String
    @Flag(help: "All presets, and not two.") var all = false

    func run() throws {
        for sample in all ? ExportSample.all : ExportSample.few {
            let trained = try TrainedSample(sample)
            let path = "\(folder)/\(sample.name)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let files =
                try ExportedModel(trained.checkpoint, .average).files(provenance: nil, hasSamples: false)
                + [
                    ("checkpoint.h5", trained.checkpoint.encode()),
                    ("expected.safetensors", trained.expected().encoded),
                ]
            for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
        }
    }
}
