import Tensors

extension LayerBehaviour {
    func requireImage(_ input: Shape) throws(LayerProblem) {
        try LayerProblem.require(
            input.rank == 3,
            "takes images [channels, height, width], but the layer before it gives \(input): put `reshape` before it")
    }

    func requireWindow(_ filters: Int, _ window: Int, _ stride: Int, _ padding: Int) throws(LayerProblem) {
        try LayerProblem.require(filters > 0, "has \(filters) filters, but must have at least one")
        try LayerProblem.require(window > 0, "has a window of \(window), but must have at least 1")
        try LayerProblem.require(stride > 0, "has a stride of \(stride), but must move by at least 1")
        try LayerProblem.require(padding >= 0, "has a padding of \(padding), but can have no less than 0")
    }

    func requireProbability(_ probability: Float) throws(LayerProblem) {
        try LayerProblem.require(
            probability >= 0 && probability < 1,
            "drops with probability \(probability), but a probability here is at least 0 and below 1")
    }
}
