import VAE

/// How a likelihood is written for others: the mean image of what the decoder gives.
///
/// A new likelihood is a form of its own in this folder, and a line in `Likelihood.form`, without which nothing compiles.
protocol LikelihoodForm {
    /// Adds the nodes that make the mean, (batch, C, H, W), of the decoder's result.
    func mean(of decoded: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value

    /// The same for PyTorch: of the decoder's result `h`.
    var mean: PythonBody { get }
}

extension Likelihood {
    /// How the likelihood is written for others.
    ///
    /// - Parameter shape: That of the images which it judges, [C, H, W].
    func form(_ shape: [Int]) -> any LikelihoodForm {
        switch self {
        case .bernoulli: BernoulliPixelsForm()
        case .continuousBernoulli: ContinuousBernoulliForm()
        case .gaussian(variance: .perPixel): FirstChannelsForm(channels: shape[0])
        case .gaussian, .squaredError: DecodedMeanForm()
        case .discretizedLogistic: DiscretizedLogisticForm(channels: shape[0])
        case .categorical: CategoricalPixelsForm(shape: shape)
        }
    }
}
