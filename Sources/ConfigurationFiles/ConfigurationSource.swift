import Contract
import Training
import VAE

/// Where a configuration comes from.
public enum ConfigurationSource {
    /// The names of all presets, those that are sized by the data first.
    public static let presetNames = RunConfiguration.sizedPresetNames + RunConfiguration.presetNames

    /// - Parameter images: Asked for a preset that is sized by the data.
    /// - Throws: `UsageProblem` for a name that no preset has, `DescriptionError` for images that no network is made for.
    public static func preset(_ name: String, images: () throws -> ImageSet) throws -> RunConfiguration {
        if let subject = Subject(rawValue: name) { return try RunConfiguration(subject, for: images()) }
        guard let preset = RunConfiguration.preset(name) else {
            throw UsageProblem(
                "there is no preset called \(name): choose one of \(presetNames.joined(separator: ", "))")
        }
        return preset
    }

    /// A preset where there are no images that it could be sized by.
    public static func preset(_ name: String) throws -> RunConfiguration {
        try preset(name) {
            throw UsageProblem(
                "the preset \(name) is made for the size of the images: write `tributary preset \(name) --size 64x64x3` into "
                    + "a file, and name it with --config")
        }
    }

    /// A preset as YAML to start from; one that is sized by the data says in comments why it is as it is.
    ///
    /// - Parameters:
    ///   - data: How the file of images is read.
    ///   - images: Asked for a preset that is sized by the data.
    public static func text(
        ofPreset name: String, data: DataDescription? = nil, images: () throws -> ImageSet
    ) throws -> String {
        guard let subject = Subject(rawValue: name) else {
            return try YAML.text(preset(name, images: images).node)
        }
        let set = try images()
        let network = try SizedNetwork(subject, for: set.images)
        var configuration = try RunConfiguration(subject, for: set)
        configuration.data = data
        let size = "\(network.extents[0]) pixels (height x width), channels: \(set.images.channels)"
        let batch =
            "batch: \(configuration.shards) shards x \(configuration.microbatch) images a step"
            + (set.trainingExamples.map { ", of \($0) to train on" } ?? "") + "."
        let lines = ["\(name), made for images of \(size)."] + network.reasons + [batch]
        return try lines.map { "# \($0)\n" }.joined() + YAML.text(configuration.node)
    }

    /// Reads a file, or the standard input where the path is `-`.
    ///
    /// - Parameter isNew: Whether a run is to begin with it.
    /// - Throws: `FileError`, `UsageProblem` for what is not YAML, or `ConfigurationProblems` for what is no configuration.
    public static func file(_ path: String, isNew: Bool) throws -> RunConfiguration {
        try YAML.read(path).configuration(isNew: isNew)
    }

    /// A problem that showed once the images were known, with the file and the line that it is about.
    public static func located(_ problem: ConfigurationProblem, inFile path: String) -> any Error {
        // A pipe gives what it holds once.
        guard path != "-", let document = try? YAML.read(path) else {
            return ConfigurationError(file: YAML.name(of: path), problem: problem)
        }
        return document.report([(problem.path, problem)])
    }
}
