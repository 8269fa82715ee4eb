import ArgumentParser
import Cluster
import Training

/// How often a run is looked at, and how much of it is kept. Nothing of this changes its parameters, so each start may say it anew.
struct CadenceOptions: ParsableArguments {
    @Option(
        name: .customLong("evaluate-every"),
        help:
            "Epochs or steps between evaluations of the held-out images, such as 2epochs or 200steps (default: 1epoch). The end of the run has one in any case.",
        transform: Cadence.init(argument:))
    var evaluateEvery = Cadence.epochs(1)
    @Option(
        name: .customLong("pictures-every"),
        help:
            "Epochs or steps between pictures, such as 2epochs or 200steps (default: each epoch, at most once a minute). The end of the run has some in any case.",
        transform: Cadence.init(argument:))
    var picturesEvery: Cadence?
    @Option(help: "How many of the newest checkpoints stay, at least 2; the best one stays besides.")
    var keep = 2

    func validate() throws {
        guard (2...Self.most).contains(keep) else {
            throw ValidationError(
                "--keep is from 2 to \(Self.most), not \(keep): where the newest checkpoint is damaged, the one before it is gone on from"
            )
        }
    }

    private static let most = 1_000_000_000

    func apply(to options: inout CoordinatorOptions) {
        options.evaluateEvery = evaluateEvery
        options.picturesEvery = picturesEvery
        options.keptCheckpoints = keep
    }
}

extension Cadence {
    /// The value of an option.
    ///
    /// - Throws: `ValidationError` for what is no number of epochs or steps.
    fileprivate init(argument: String) throws {
        guard let cadence = Cadence(argument) else {
            throw ValidationError("expected a number of epochs or steps, such as 2epochs or 200steps")
        }
        self = cadence
    }
}
