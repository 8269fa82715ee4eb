import Contract
import FloatEnvironment
import Optimizer
import Parallel
import Tensors
import VAE

/// How the folded sum of a step changes the state: scaling, clipping, the optimizer and the running statistics.
public struct StepRule: Sendable {
    private let configuration: RunConfiguration
    private let plan: ShardPlan
    /// The clipping group of each parameter slice, or nil.
    private let groups: [Int?]

    /// - Throws: `ConfigurationProblem` where a clipping group names no parameter, or one that another group has.
    init(
        _ configuration: RunConfiguration, plan: ShardPlan, layout: ModelLayout
    ) throws(ConfigurationProblem) {
        self.configuration = configuration
        self.plan = plan
        groups = try Self.groups(configuration.clipping, layout)
    }

    /// What a schedule gives to a step.
    public func value(of number: Scheduled, step: Int) -> Float {
        Float(configuration.schedule(of: number).value(epochs: plan.epochs(beforeStep: step)))
    }

    /// The learning rate in a step.
    public func learningRate(step: Int) -> Double {
        configuration.learningRate.rate(
            epochs: plan.epochs(beforeStep: step), nextEpochs: plan.epochs(beforeStep: step + 1))
    }

    /// Applies the sum at the tree's root to the state, and returns what the step measured.
    ///
    /// The sum is scaled by 1/(S·m) in place, once; batch statistics by 1/S. Nothing of the state changes where the loss or the
    /// gradient is not finite.
    /// - Throws: `DivergedError`.
    /// - Complexity: two passes over the parameters.
    public func apply(_ sum: inout [Float], to state: inout ModelState) throws(DivergedError) -> StepMetrics {
        let update = try prepare(&sum, for: state)
        advance(&state, by: sum)
        apply(update, sum, to: &state, state.layout.gradient)
        return update.metrics
    }

    /// The first half of `apply`: scales the gradient and decides what to do with it. The state does not change.
    ///
    /// `advance` and `apply`, for all parameters in any pieces, are the second half.
    /// - Parameter complete: Writes a range of the sum that is about to be read, each element once, on several threads.
    /// - Throws: `DivergedError`.
    public func prepare(
        _ sum: inout [Float], for state: ModelState,
        completedBy complete: @Sendable (Range<Int>, inout MutableSpan<Float>) -> Void = { _, _ in }
    ) throws(DivergedError) -> StepUpdate {
        let layout = state.layout
        precondition(sum.count == layout.partialCount, "a sum of \(sum.count) elements, not \(layout.partialCount)")
        let environment = FloatEnvironment.flushToZero()
        defer { environment.restore() }
        let squares = scaleGradient(&sum, layout, complete)
        let rest = layout.parameters.count..<sum.count
        Parallel.forEach([rest], of: &sum) { complete(rest, &$1) }
        let norms = groupNorms(squares)
        let metrics = metrics(sum, layout, step: state.step, norms)
        try refuseInfinite(sum, squares, metrics, layout)
        return StepUpdate(
            metrics: metrics,
            coefficients: configuration.optimizer.coefficients(
                update: state.step + 1, learningRate: learningRate(step: state.step)),
            averageShare: configuration.weightAverage?.share(update: state.step + 1),
            factors: groups.map { group in
                group.map { Float(configuration.clipping[$0].factor(norm: norms[$0])) } ?? 1
            })
    }

    /// Moves the running statistics and counts the step.
    public func advance(_ state: inout ModelState, by sum: [Float]) {
        let environment = FloatEnvironment.flushToZero()
        defer { environment.restore() }
        state.updateStatistics(sum, shards: plan.shards)
        state.step += 1
        if let share = configuration.weightAverage?.share(update: state.step) {
            state.average?.move(towards: state.statistics, share: share)
        }
    }

    /// Moves the parameters of a range, each of which is moved once a step.
    ///
    /// - Parameter use: Is handed pieces as soon as they are moved, on several threads.
    public func apply(
        _ update: StepUpdate, _ sum: [Float], to state: inout ModelState, _ range: Range<Int>,
        then use: @Sendable (Range<Int>, Span<Float>) -> Void = { _, _ in }
    ) {
        let slices = zip(state.layout.parameters.slices, update.factors).map {
            PieceUpdate.Slice(range: $0.range, factor: $1)
        }
        let pieces = PieceUpdate(gradient: sum, pieces: Parallel.pieces(of: range), slices: slices)
        state.optimizer.apply(pieces, update.coefficients, to: &state.parameters, then: use)
        if let share = update.averageShare {
            state.average?.move(towards: state.parameters, range, share: share)
        }
    }

    /// Scales every slice of the gradient, and returns the sum of squares of each.
    private func scaleGradient(
        _ sum: inout [Float], _ layout: ModelLayout,
        _ complete: @Sendable (Range<Int>, inout MutableSpan<Float>) -> Void
    ) -> [Double] {
        let scale = 1 / Float(plan.globalBatch)
        return scaleAndSumSquares(&sum, layout.parameters.slices.map(\.range), by: scale, completedBy: complete)
    }

    private func groupNorms(_ squares: [Double]) -> [Double] {
        configuration.clipping.indices.map { group in
            zip(squares, groups).reduce(0) { $1.1 == group ? $0 + $1.0 : $0 }.squareRoot()
        }
    }

    private func metrics(_ sum: [Float], _ layout: ModelLayout, step: Int, _ norms: [Double]) -> StepMetrics {
        let means = MetricMeans(layout.metrics, sums: sum[layout.metricSums], count: plan.globalBatch)
        return StepMetrics(
            step: step, reconstruction: means.reconstruction, divergence: means.divergence, others: means.others,
            gradientNorms: norms)
    }

    /// A gradient whose square overflows Float32 would stop the optimizer for good, so it counts as infinite.
    private func refuseInfinite(
        _ sum: [Float], _ squares: [Double], _ metrics: StepMetrics, _ layout: ModelLayout
    ) throws(DivergedError) {
        func require(_ value: Double, below limit: Double, _ quantity: String) throws(DivergedError) {
            if !(abs(value) < limit) { throw DivergedError(step: metrics.step, quantity: quantity, value: value) }
        }
        try require(metrics.reconstruction, below: .infinity, "the reconstruction term")
        try require(metrics.divergence, below: .infinity, "the divergence")
        for metric in metrics.others { try require(metric.value, below: .infinity, "the metric \(metric.name)") }
        for (slice, square) in zip(layout.parameters.slices, squares) {
            let limit = Double(Float.greatestFiniteMagnitude).squareRoot()
            try require(square.squareRoot(), below: limit, "the gradient of \(slice.name)")
        }
        for slice in layout.statistics.slices {
            let values = sum[layout.batchStatistics][slice.range.offset(by: layout.batchStatistics.lowerBound)]
            let worst = values.first { !$0.isFinite } ?? 0
            try require(Double(worst), below: .infinity, "the batch value of \(slice.name)")
        }
    }

    /// The clipping group of each parameter slice, or nil.
    ///
    /// - Throws: `ConfigurationProblem` where a group names no parameter, or one that another group has.
    static func groups(
        _ clipping: [ClippingGroup], _ layout: ModelLayout
    ) throws(ConfigurationProblem) -> [Int?] {
        let names = layout.parameters.slices.map(\.name)
        for (index, group) in clipping.enumerated() {
            for prefix in group.parameters where !names.contains(where: { $0.hasPrefix(prefix) }) {
                let all = names.joined(separator: ", ")
                throw ConfigurationProblem(
                    path: "clipping[\(index)].parameters",
                    reason: "no parameter begins with \(prefix); there are \(all)")
            }
        }
        return try names.map { name throws(ConfigurationProblem) in
            let groups = clipping.indices.filter { clipping[$0].contains(name) }
            try require(groups.count < 2, "clipping", "\(name) is in more than one group")
            return groups.first
        }
    }
}

/// A step that can be applied: what became of its gradient's norms.
public struct StepUpdate: Sendable {
    public let metrics: StepMetrics
    let coefficients: OptimizerCoefficients
    /// How far the average of the weights moves, where there is one.
    let averageShare: Float?
    /// What each slice of the gradient is multiplied with.
    let factors: [Float]
}

extension Range<Int> {
    func offset(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}

extension StatisticRule {
    /// How far a step moves a running value.
    ///
    /// - Parameter step: From 0.
    fileprivate func momentum(step: Int) -> Float {
        switch self {
        case .movingAverage: VariationalAutoencoder.statisticsMomentum
        case .meanOfAll: 1 / Float(step + 1)
        }
    }
}

extension ModelState {
    /// Moves the running statistics towards the mean of the shards' batch values: r ← (1 − momentum)·r + momentum·(sum / S).
    fileprivate mutating func updateStatistics(_ sum: [Float], shards: Int) {
        for piece in layout.statisticPieces {
            updateStatistics(piece.range, sum, momentum: piece.rule.momentum(step: step), shards: shards)
        }
    }

    @inline(never)
    private mutating func updateStatistics(_ range: Range<Int>, _ sum: [Float], momentum: Float, shards: Int) {
        let batch = sum.span.extracting(range.offset(by: layout.batchStatistics.lowerBound))
        var all = statistics.mutableSpan
        var running = all._mutatingExtracting(range)
        for index in 0..<batch.count {
            let mean = batch[index] * (1 / Float(shards))
            running[index] = (1 - momentum) * running[index] + momentum * mean
        }
    }
}
