import ConfigurationFiles
import Training
import VAE

/// What is trained and how: networks, objective, optimizer, schedules, shards, seed, epochs.
///
///     var configuration = try Configuration(preset: "face-64", for: faces)
///     configuration.seed = 7
///
/// Its properties are the keys of `docs/configuration.md`.
public typealias Configuration = RunConfiguration

extension RunConfiguration {
    /// A ready configuration, to be used as it is or changed.
    ///
    /// - Parameter name: One that `tributary preset` lists; `face` and `digits` become networks for the images' size.
    /// - Throws: `UsageProblem` for a name that no preset has, `DescriptionError` for images that no network is made for.
    public init(preset name: String, for data: Dataset) throws {
        let images = ImageDescription(channels: data.channels, height: data.height, width: data.width)
        self = try ConfigurationSource.preset(name) { ImageSet(images, trainingExamples: data.count(.train)) }
    }

    /// A configuration in YAML, as `tributary preset NAME` prints it and a run keeps it in `config.yaml`.
    ///
    /// - Throws: `FileError`, `UsageProblem` for what is not YAML, or `ConfigurationProblems` with every line that is wrong.
    public init(file: String) throws {
        self = try ConfigurationSource.file(file, isNew: true)
    }
}
