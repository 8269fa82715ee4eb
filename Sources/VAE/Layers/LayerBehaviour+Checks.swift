import Tensors

extension LayerBehaviour {
    func requireImage(_ input: Shape) throws(LayerProblem) {
        try LayerProblem.require(
            input.rank == 3,
            "takes images [channels, height, width], but the layer before it gives \(input): put `reshape` before it")
    }

    func requireSetting(_ name: String, _ value: Int, atLeast least: Int = 1) throws(LayerProblem) {
        try LayerProblem.require(
            (least...Limits.setting).contains(value),
            "has \(name) \(value), but it must lie between \(least) and \(Limits.setting)")
    }

    func requireWindow(_ filters: Int, _ window: Int, _ stride: Int, _ padding: Int) throws(LayerProblem) {
        try requireSetting("filters", filters)
        try requireSetting("window", window)
        try requireSetting("stride", stride)
        try requireSetting("padding", padding, atLeast: 0)
    }

    func requireProbability(_ probability: Float) throws(LayerProblem) {
        try LayerProblem.require(
            probability >= 0 && probability < 1,
            "drops with probability \(probability), but a probability here is at least 0 and below 1")
    }
}
