import Tensors

// What must hold of a description besides that each layer fits the one before it.
extension VariationalAutoencoder {
    static func check(_ description: ModelDescription, _ objective: Objective) throws(DescriptionError) {
        let images = description.images
        for (name, extent) in [("channels", images.channels), ("height", images.height), ("width", images.width)] {
            try require(extent, "images/\(name)")
        }
        try require(Limits.allow(images.shape), "images", "are \(images.shape), more than \(Limits.elements) elements")
        try require(description.latents, "latents")
        let weight = objective.reconstructionWeight
        try require(
            weight.isFinite && weight >= 0, "objective/reconstruction_weight", "is \(weight), but must be 0 or more")
        if case .gaussian(let variance) = objective.likelihood {
            let isPossible = variance.isFinite && variance > 0
            try require(isPossible, "objective/likelihood/gaussian/variance", "is \(variance), but must be above 0")
        }
    }

    static func check(_ encoder: Network, _ decoder: Network, _ images: Shape, _ latents: Int)
        throws(DescriptionError)
    {
        try require(
            encoder.output.rank == 1, "encoder",
            "ends with \(encoder.output), but must end with a vector of features: put `flatten` at its end")
        try require(
            decoder.output == images, "decoder",
            "ends with \(decoder.output), but the images are \(images): change its last layers' filters, padding or trim, "
                + "or end it with `reshape`")
        try require(
            Limits.allow([latents, encoder.output[0]]), "latents",
            "is \(latents), which with \(encoder.output[0]) features is too much: make the features fewer")
    }

    private static func require(_ setting: Int, _ path: String) throws(DescriptionError) {
        let isPossible = (1...Limits.setting).contains(setting)
        try require(isPossible, path, "is \(setting), but must lie between 1 and \(Limits.setting)")
    }

    private static func require(
        _ condition: Bool, _ path: String, _ problem: @autoclosure () -> String
    ) throws(DescriptionError) {
        if !condition { throw DescriptionError(path: path, problem: problem()) }
    }
}
