import ArgumentParser
import ConfigurationFiles
import OneDNN
import Performance
import Tensors
import Training
import VAE

/// Which network is computed, and how.
struct WorkOptions: ParsableArguments {
    @Option(help: "A ready configuration: \(RunConfiguration.presetNames.joined(separator: ", ")).") var preset: String?
    @Option(help: "A YAML file, as `tributary train` takes it.", completion: .file()) var config: String?
    @Option(help: "Images computed together (default: the configuration's).") var microbatch: Int?
    @Option(name: .customLong("runs-per-load"), help: "Microbatches a thread computes on the parameters of one step.")
    var runsPerLoad = 4
    @Option(name: .customLong("instruction-set"), help: "Cap on the kernels' instructions: \(InstructionSet.names).")
    var instructionSet: InstructionSet?

    func validate() throws {
        guard (preset == nil) != (config == nil) else { throw ValidationError("name one of --preset and --config") }
        guard runsPerLoad > 0 else { throw ValidationError("--runs-per-load is above 0, not \(runsPerLoad)") }
        if let microbatch, microbatch < 1 { throw ValidationError("--microbatch is above 0, not \(microbatch)") }
    }

    /// The configuration with what the options say.
    func configuration() throws -> RunConfiguration {
        var result =
            try preset.map { try ConfigurationSource.preset($0) } ?? ConfigurationSource.file(config!, isNew: true)
        if let microbatch { result.microbatch = microbatch }
        return result
    }

    /// The network, ready to be measured.
    func subject() throws -> Subject {
        let configuration = try configuration()
        let model = try VariationalAutoencoder(configuration.model, configuration.objective)
        return Subject(
            name: preset ?? config!, microbatch: configuration.microbatch,
            engine: try OneDNNEngine(instructionSet: instructionSet, precision: configuration.precision),
            graph: try model.trainingGraph(microbatch: configuration.microbatch).rounded(to: configuration.precision),
            parameters: model.initialParameters(seed: configuration.seed), statistics: model.initialStatistics(),
            runsPerLoad: runsPerLoad)
    }
}

extension Precision: ExpressibleByArgument {}

extension InstructionSet: ExpressibleByArgument {
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// A network with the values that its training begins with.
struct Subject: Sendable {
    let name: String
    let microbatch: Int
    let engine: OneDNNEngine
    let graph: Graph
    let parameters: [Float]
    let statistics: [Float]
    let runsPerLoad: Int

    /// Microbatch after microbatch, its parameters loaded every step; a run is worth a microbatch of images.
    func trainingWork() throws -> Stopwatch.Work {
        let loop = try GraphLoop(
            graph, engine: engine, parameters: parameters, statistics: statistics, runsPerLoad: runsPerLoad)
        return work { loop.run() }
    }

    /// Its convolutions and matrix products alone, by the same kernels in the same memory.
    ///
    /// - Parameter plain: Convolutions and input gradients by oneDNN, which takes every product; weight gradients as ever.
    func linearWork(plain: Bool = false) throws -> Stopwatch.Work {
        let engine: any Engine = plain ? PlainConvolutions(engine) : engine
        let loop = try GraphLoop(graph, engine: engine, parameters: parameters, statistics: statistics)
        loop.run()
        return work { loop.runLinearParts() }
    }

    private func work(_ run: @escaping () -> Void) -> Stopwatch.Work {
        let images = Double(microbatch)
        return {
            run()
            return images
        }
    }
}
