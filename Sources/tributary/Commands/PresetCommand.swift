import ArgumentParser
import ConfigurationFiles
import Foundation
import Ingest
import Training
import Tributary
import VAE

/// `tributary preset NAME`: a configuration to copy and change.
struct PresetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preset", abstract: "Lists the presets, or prints one as YAML, to be copied and changed.",
        discussion: """
            Example:
              tributary preset
              tributary preset face --data faces.h5 > mine.yaml
              tributary train --config mine.yaml --data faces.h5 --out runs/mine

            The presets face and digits are made for images of any size, 16 to 512 pixels a side and 1 to 4 channels; comments \
            say why they are as they are. The others are for images of one size each: \
            \(RunConfiguration.presetNames.joined(separator: ", ")).
            """)

    @Argument(help: "One of \(ConfigurationSource.presetNames.joined(separator: ", ")); without one, all are listed.")
    var name: String?
    @Option(help: "The image file that face or digits is made for.", completion: .file()) var data: String?
    @OptionGroup var reading: DataOptions
    @Option(
        help: "The size that face or digits is made for, HEIGHTxWIDTHxCHANNELS, such as 218x178x3.",
        transform: Readings.size)
    var size: ImageSizeArgument?

    func validate() throws {
        guard data == nil || size == nil else { throw ValidationError("name one of --data and --size, not both") }
        guard let name else {
            guard data == nil && size == nil else {
                throw ValidationError("name the preset that is made for the images")
            }
            return
        }
        guard data == nil && size == nil || !RunConfiguration.presetNames.contains(name) else {
            throw ValidationError(
                "the preset \(name) has one size, so it takes no --\(data == nil ? "size" : "data"): the presets for any size are "
                    + RunConfiguration.sizedPresetNames.joined(separator: " and "))
        }
    }

    func run() throws {
        guard let name else { return try output(Self.list) }
        try output(
            ConfigurationSource.text(ofPreset: name, data: reading.added(to: nil)) { try images(for: name) },
            terminator: "")
    }

    /// A line for each preset: its name, and what it is.
    private static var list: String {
        let presets =
            Subject.allCases.map { ($0.rawValue, $0.summary) } + Preset.all.map { ($0.name, $0.summary) }
        let width = presets.map(\.0.count).max() ?? 0
        return presets.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }
            .joined(separator: "\n")
    }

    private func images(for name: String) throws -> ImageSet {
        if let data { return try ImageSet(ofFile: data, reading.added(to: nil)) }
        guard let size else {
            throw UsageProblem(
                "the preset \(name) is made for the size of the images: name them with --data FILE.h5, or say --size, such as --size 64x64x3"
            )
        }
        return ImageSet(size.images(of: name))
    }
}

extension ImageSet {
    /// What an image file holds.
    init(ofFile path: String, _ data: DataDescription?) throws {
        let dataset = try DatasetSource.open(path, data)
        self.init(
            ImageDescription(
                channels: dataset.shape.channels, height: dataset.shape.height, width: dataset.shape.width),
            trainingExamples: try dataset.choice().train.rows.count)
    }
}
