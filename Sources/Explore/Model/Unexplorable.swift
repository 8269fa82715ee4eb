import VAE

/// Why a page can show nothing of a model, in one sentence.
public struct Unexplorable: Error, Hashable, CustomStringConvertible {
    public let description: String

    /// - Throws: `Unexplorable` for a model that predicts one part of an image from another, and for images that are no pictures.
    public static func check(_ model: ModelDescription) throws(Unexplorable) {
        guard model.images.prediction == nil else {
            throw Unexplorable(
                description:
                    "this model predicts a part of an image from the rest of it, so no picture follows from a code alone: "
                    + "`tributary reconstruct` shows what it predicts")
        }
        guard model.images.channels == 1 || model.images.channels == 3 else {
            throw Unexplorable(
                description:
                    "images of \(model.images.channels) channels are no pictures that a page could show: grey ones have 1, "
                    + "and those in colour 3")
        }
    }
}
