import Contract
import Training
import VAE

extension YAMLDocument {
    /// The configuration that the file holds.
    ///
    /// - Parameter isNew: Whether a run is to begin with it; what a run began with is held to nothing new.
    /// - Throws: `ConfigurationProblems` with all that is wrong with its keys and values, and the first thing that does not fit in its network.
    func configuration(isNew: Bool) throws(ConfigurationProblems) -> RunConfiguration {
        var problems = SettingsCheck(node, against: RunConfiguration.settings).problems
        if let problem = problemOfModel(isNew: isNew, besides: problems.map(\.place)) { problems.append(problem) }
        if !problems.isEmpty { throw report(problems) }
        do throws(ConfigurationError) {
            let configuration = try RunConfiguration(node, file: file, isNew: isNew)
            if let problem = configuration.problemOfParts { throw ConfigurationError(file: file, problem: problem) }
            return configuration
        } catch {
            throw report([(error.problem.path, error.problem)])
        }
    }

    func report(_ problems: [(place: String, problem: ConfigurationProblem)]) -> ConfigurationProblems {
        ConfigurationProblems(file: file, problems.map { (line(of: $0.place), $0.problem) })
    }

    /// What is wrong with the network, where its keys and values are right.
    private func problemOfModel(
        isNew: Bool, besides places: [String]
    ) -> (place: String, problem: ConfigurationProblem)? {
        let isSettled = { (part: String) in node[part] != nil && !places.contains { $0.hasPrefix(part) } }
        guard isSettled("model"), isSettled("objective") else { return nil }
        do {
            let model = try node["model"]?.decode(ModelDescription.self)
            let objective = try node["objective"]?.decode(Objective.self)
            guard let model, let objective else { return nil }
            _ = try VariationalAutoencoder(model, objective)
            if isNew { try RunConfiguration.requireLogits(of: model, under: objective) }
            return nil
        } catch let error as DescriptionError {
            return (
                ConfigurationPath.place(inModel: error.path), ConfigurationProblem(path: "", reason: error.description)
            )
        } catch let error as ConfigurationProblem {
            return (error.path, error)
        } catch {
            return ("model", ConfigurationProblem(path: "model", reason: "\(error)"))
        }
    }
}
