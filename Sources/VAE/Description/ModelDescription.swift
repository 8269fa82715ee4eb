import Settings

/// A variational autoencoder in words: what a configuration file says of it.
///
/// The encoder's layers end in a vector of features for each image. Linear layers, which need not be written, turn the features into
/// what the posterior of the latents is made of: the mean and the logarithm of the variance where they are normal. The decoder's
/// layers turn a sample into what the likelihood is made of. In YAML:
///
///     images: {channels: 1, height: 28, width: 28, binarize: 0.5}
///     encoder: [flatten, linear: {units: 400}, relu]
///     latents: 128
///     decoder: [linear: {units: 400}, relu, linear: {units: 784}, reshape: [1, 28, 28]]
public struct ModelDescription: Hashable, Sendable, Codable {
    public var images: ImageDescription
    public var encoder: [Layer]
    /// A bare number is that of normal latents.
    public var latents: Latents
    public var decoder: [Layer]
    /// K, how many classes labels are of, for an objective that reads labels.
    public var classes: Int?
    /// Layers from what the objective classifies, images or latents, to features, of which a linear layer makes logits of the classes.
    public var classifier: [Layer]?

    public init(
        images: ImageDescription, encoder: [Layer], latents: Latents, decoder: [Layer], classes: Int? = nil,
        classifier: [Layer]? = nil
    ) {
        self.images = images
        self.encoder = encoder
        self.latents = latents
        self.decoder = decoder
        self.classes = classes
        self.classifier = classifier
    }

    /// With normal latents.
    public init(images: ImageDescription, encoder: [Layer], latents: Int, decoder: [Layer]) {
        self.init(images: images, encoder: encoder, latents: .gaussian(latents), decoder: decoder)
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case images, encoder, latents, decoder, classes, classifier }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        images = try container.decode(ImageDescription.self, forKey: .images)
        encoder = try container.decode([Layer].self, forKey: .encoder)
        latents = try container.decode(Latents.self, forKey: .latents)
        self.decoder = try container.decode([Layer].self, forKey: .decoder)
        classes = try container.decodeIfPresent(Int.self, forKey: .classes)
        classifier = try container.decodeIfPresent([Layer].self, forKey: .classifier)
    }
}

extension ModelDescription.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .images: Setting("The images that the model takes and makes.", .group(ImageDescription.CodingKeys.self))
        case .encoder:
            Setting(
                "Layers from an image to a vector of features; linear layers, which are not written, make a posterior of it.",
                .list(Layer.kind))
        case .latents:
            Setting(
                "The number of latent dimensions, or what they are besides normal numbers.", Latents.kind,
                otherNames: [
                    "latent_dim", "latent_dims", "latent_size", "z_dim", "zdim", "z_size", "nz", "n_latents",
                    "num_latents",
                    "embedding_dim", "code_size", "bottleneck",
                ])
        case .decoder: Setting("Layers from a vector of latents to an image.", .list(Layer.kind))
        case .classes:
            Setting(
                "How many classes labels are of, for an objective that reads labels.", .wholeNumber(2...Limits.classes),
                default: "none", otherNames: ["num_classes", "n_classes", "y_dim"])
        case .classifier:
            Setting(
                "Layers from what is classified, images or latents, to features; a linear layer, which is not written, makes logits of "
                    + "them.",
                .list(Layer.kind), default: "none")
        }
    }
}

extension SettingKind {
    /// The settings of a model.
    public static var model: SettingKind { .group(ModelDescription.CodingKeys.self) }
    /// The settings of an objective.
    public static var objective: SettingKind { .group(Objective.CodingKeys.self) }
}
