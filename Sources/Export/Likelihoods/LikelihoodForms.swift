/// The decoder gives means.
struct DecodedMeanForm: LikelihoodForm {
    func mean(of decoded: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value { decoded }
    let mean = PythonBody(result: "h")
}

/// The decoder gives means, and behind them what tells the variances.
struct FirstChannelsForm: LikelihoodForm {
    let channels: Int

    func mean(of decoded: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.slice(decoded, axis: 1, 0..<channels)
    }

    var mean: PythonBody { PythonBody(result: "h[:, :\(channels)]") }
}

/// The decoder gives logits.
struct BernoulliPixelsForm: LikelihoodForm {
    func mean(of decoded: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        graph.add("Sigmoid", [decoded])
    }

    let mean = PythonBody(result: "torch.sigmoid(h)")
}

/// ½ + ½ / tanh(l / 2) − 1 / l of the logits l, and the power series of that near 0, as in `ContinuousBernoulli`.
struct ContinuousBernoulliForm: LikelihoodForm {
    func mean(of l: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let half = graph.constant(0.5)
        let one = graph.constant(1)
        let isFar = graph.add("Greater", [graph.add("Abs", [l]), half])
        let far = graph.add("Where", [isFar, l, one])
        let tanh = graph.add("Tanh", [graph.add("Mul", [far, half])])
        let sum = graph.add("Add", [graph.add("Div", [half, tanh]), half])
        let formula = graph.add("Sub", [sum, graph.add("Div", [one, far])])
        let series = graph.add("Add", [graph.add("Mul", [l, slope(at: l, in: &graph)]), half])
        return graph.add("Where", [isFar, formula, series])
    }

    /// 1/12 − l² (1/720 − l²/30240)
    private func slope(at l: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let square = graph.add("Mul", [l, l])
        let inner = graph.add(
            "Sub", [graph.constant(1 / 720), graph.add("Mul", [square, graph.constant(1 / 30240)])])
        return graph.add("Sub", [graph.constant(1 / 12), graph.add("Mul", [square, inner])])
    }

    let mean = PythonBody(
        "far = h.abs() > 0.5",
        "l = torch.where(far, h, 1.0)",
        "series = 0.5 + h * (1 / 12 - h**2 * (1 / 720 - h**2 / 30240))",
        result: "torch.where(far, 0.5 + 0.5 / torch.tanh(0.5 * l) - 1 / l, series)")
}

/// The mean of a logistic distribution that is cut off at 0 and 1, as in `DiscretizedLogistic`.
struct DiscretizedLogisticForm: LikelihoodForm {
    let channels: Int

    func mean(of decoded: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let location = graph.slice(decoded, axis: 1, 0..<channels)
        let logScale = graph.slice(decoded, axis: 1, channels..<2 * channels)
        let seven = graph.constant(7)
        let bounded = graph.add("Sub", [graph.add("Relu", [graph.add("Add", [logScale, seven])]), seven])
        let scale = graph.add("Exp", [bounded])
        let above = graph.add("Softplus", [graph.add("Div", [location, scale])])
        let shifted = graph.add("Sub", [location, graph.constant(1)])
        let below = graph.add("Softplus", [graph.add("Div", [shifted, scale])])
        return graph.add("Mul", [scale, graph.add("Sub", [above, below])])
    }

    let mean = PythonBody(
        "location, log_scale = h.chunk(2, 1)",
        "scale = (torch.relu(log_scale + 7) - 7).exp()",
        "above, below = location / scale, (location - 1) / scale",
        result: "scale * (nn.functional.softplus(above) - nn.functional.softplus(below))")
}

/// Σ p · value / 255 of the 256 logits of each channel.
struct CategoricalPixelsForm: LikelihoodForm {
    /// [C, H, W]
    let shape: [Int]

    func mean(of decoded: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let logits = graph.reshape(decoded, to: [shape[0], 256, shape[1] * shape[2]])
        let probabilities = graph.add("Softmax", [logits], [.init("axis", 2)])
        let values = graph.constant((0..<256).map { Float($0) }, [256, 1])
        let sum = graph.add(
            "ReduceSum", [graph.add("Mul", [probabilities, values]), graph.integers([2])], [.init("keepdims", 0)])
        return graph.add("Div", [graph.reshape(sum, to: shape), graph.constant(255)])
    }

    var mean: PythonBody {
        PythonBody(
            "p = h.unflatten(1, (\(shape[0]), 256)).softmax(2)",
            "values = torch.arange(256.0, device=h.device).view(256, 1, 1)",
            result: "(p * values).sum(2) / 255")
    }
}
