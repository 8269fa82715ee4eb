import Training

/// Where a configuration comes from.
public enum ConfigurationSource {
    /// - Throws: `UsageProblem` for a name that no preset has.
    public static func preset(_ name: String) throws -> RunConfiguration {
        guard let preset = RunConfiguration.preset(name) else {
            throw UsageProblem(
                "there is no preset called \(name): choose one of \(RunConfiguration.presetNames.joined(separator: ", "))"
            )
        }
        return preset
    }

    /// Reads a file, or the standard input where the path is `-`.
    ///
    /// - Parameter isNew: Whether a run is to begin with it.
    /// - Throws: `FileError`, `UsageProblem` for what is not YAML, or `ConfigurationError` for what is no configuration.
    public static func file(_ path: String, isNew: Bool) throws -> RunConfiguration {
        try RunConfiguration(YAML.read(path), file: YAML.name(of: path), isNew: isNew)
    }
}
