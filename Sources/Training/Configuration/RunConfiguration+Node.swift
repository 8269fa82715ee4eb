import Contract

extension RunConfiguration {
    /// Reads a configuration from the tree that a YAML file was parsed into.
    ///
    /// - Parameter isNew: Whether a run is to begin with it; what a run began with is held to nothing new.
    /// - Throws: `ConfigurationError` with the file, the path of the key and what is wrong; an unknown key comes with the nearest
    ///   known one.
    public init(_ node: ConfigurationNode, file: String, isNew: Bool = true) throws(ConfigurationError) {
        do throws(ConfigurationProblem) {
            self = try node.decode(RunConfiguration.self)
            try validate()
            if isNew { try Self.requireLogits(of: model, under: objective) }
        } catch {
            throw ConfigurationError(file: file, problem: error)
        }
    }

    /// The configuration as a tree, ready to be written as YAML.
    public var node: ConfigurationNode {
        do {
            return try ConfigurationNode(encoding: self)
        } catch {
            preconditionFailure("a configuration holds a value that YAML cannot: \(error)")
        }
    }
}

/// A configuration file that cannot be used.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    public let file: String
    public let problem: ConfigurationProblem

    public init(file: String, problem: ConfigurationProblem) {
        self.file = file
        self.problem = problem
    }

    public var description: String { "\(file): \(problem)" }
}
