import ConfigurationFiles
import OneDNN
import Performance
import Tensors
import Training
import VAE

/// Prints where the time of one microbatch of a configuration goes, measured in this process before workers take the cores.
func printProfile(of configuration: RunConfiguration, engine: OneDNNEngine) throws {
    let model = try VariationalAutoencoder(configuration.model, configuration.objective)
    let peak = try MachinePeak(engine: engine, precision: configuration.precision)
    let profile = try Profile(
        model.trainingGraph(microbatch: configuration.microbatch).rounded(to: configuration.precision), engine: engine,
        parameters: model.initialParameters(seed: configuration.seed), statistics: model.initialStatistics())
    guard let profile else { throw UsageProblem("the engine \(engine.numericClass) cannot be profiled") }
    Terminal.standardError.line(profile.text(images: configuration.microbatch, peak: peak))
}
