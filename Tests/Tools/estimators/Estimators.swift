// estimators: gradient estimators beside the exact gradient, which `scripts/experiments/run estimators` runs.

import ArgumentParser
import Foundation
import Pictures
import VAE

/// The gradient estimators of discrete latents beside the exact gradient of a model of three bits: `scripts/experiments/run estimators`.
@main struct Estimators: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimators", abstract: "Bias and variance of gradient estimators, as a table and a plot.")

    @Option(help: "How often each gradient is estimated.") var draws = 100_000
    @Option(help: "Where the plot goes, a PNG.") var plot: String?

    private typealias Case = (name: String, estimator: Estimator, scheduled: [Double])

    /// As many as a plot's legend has room for.
    private static let plotted = 5

    private static let estimators: [Case] = [
        ("no baseline", .scoreFunction(ScoreFunction(samples: 1, baseline: .none)), [1]),
        ("running mean", .scoreFunction(ScoreFunction(samples: 1, baseline: .runningMean)), [1]),
        ("leave one out, 2 samples", .scoreFunction(ScoreFunction(samples: 2, baseline: .leaveOneOut)), [1]),
        ("straight through", .relaxed(Relaxed(sample: .straightThrough)), [1]),
        ("Gumbel soft at 1", .relaxed(Relaxed(sample: .soft)), [1, 1]),
        ("leave one out, 4 samples", .scoreFunction(ScoreFunction(samples: 4, baseline: .leaveOneOut)), [1]),
        ("Gumbel soft at 0.2", .relaxed(Relaxed(sample: .soft)), [0.2, 1]),
        ("Gumbel hard at 1", .relaxed(Relaxed(sample: .hard)), [1, 1]),
        ("Gumbel hard at 0.2", .relaxed(Relaxed(sample: .hard)), [0.2, 1]),
    ]

    func run() throws {
        let exact = try ThreeBits(.scoreFunction(ScoreFunction(samples: 1, baseline: .none))).exactGradient
        print("| estimator | bias | its error | standard deviation |\n|---|---|---|---|")
        var series: [LinePlot.Series] = []
        for (name, estimator, scheduled) in Self.estimators {
            let error = try ThreeBits(estimator).error(draws: draws, scheduled: scheduled, from: exact)
            let uncertainty = error.deviation / Double(draws).squareRoot()
            print(String(format: "| %@ | %.3f | %.3f | %.3f |", name, error.bias, uncertainty, error.deviation))
            series.append(LinePlot.Series(name: name, points: error.curve))
        }
        guard let plot else { return }
        let picture = LinePlot(
            title: "Error of a gradient over its length", xTitle: "gradients averaged, as a power of 2",
            yTitle: "root of the mean square", hasLogarithmicY: true, series: Array(series.prefix(Self.plotted)))
        try Data(PNG.encode(picture.image())).write(to: URL(fileURLWithPath: plot))
    }
}
