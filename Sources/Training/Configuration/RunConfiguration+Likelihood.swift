import Contract
import VAE

/// What fits together and yet means something else than its author thought.
extension RunConfiguration {
    /// Refuses a decoder that cannot give every logit. Runs that were begun so stay readable: only what a user writes is held to it.
    public static func requireLogits(
        of model: ModelDescription, under objective: Objective
    ) throws(ConfigurationProblem) {
        guard objective.likelihood == .bernoulli, let end = model.boundedEnd else { return }
        throw ConfigurationProblem(
            path: "model.decoder[\(end.index)]",
            reason: "under `bernoulli` a decoder gives logits, any number, and \(end.name) gives \(end.range): remove "
                + "\(end.name), which `bernoulli` itself applies, or set objective.likelihood to `squared_error`")
    }

    /// A sentence where `bernoulli`, a likelihood of black and white pixels, is to judge grey ones; found in a sample of the images.
    public func doubt(about source: some ExampleSource) throws -> String? {
        guard objective.likelihood == .bernoulli, model.images.binarize == nil else { return nil }
        let count = source.count(.train)
        let rows = stride(from: 0, to: count, by: max(1, count / Self.sampledImages)).prefix(Self.sampledImages)
        let pixels = try source.pixels(of: Array(rows), in: .train)
        let grey = pixels.count { $0 != 0 && $0 != 255 }
        guard !pixels.isEmpty, grey * 100 >= pixels.count else { return nil }
        return
            "about \(grey * 100 / pixels.count) of 100 pixels are grey, and `bernoulli` is a likelihood of black and white ones only: "
            + "set model.images.binarize, such as to `dynamic` or 0.5, or objective.likelihood to `squared_error`"
    }

    private static let sampledImages = 64
}
