import Settings

extension Layer: Codable {
    /// The names of layers, in configuration files and in the names of parameters.
    enum Name: String, CodingKey, CaseIterable {
        case linear, convolution
        case transposedConvolution = "transposed_convolution"
        case batchNormalization = "batch_normalization"
        case leakyReLU = "leaky_relu"
        case relu, tanh, sigmoid, softplus, silu, elu, dropout
        case dropout2D = "dropout_2d"
        case flatten, reshape, upsampling
        case averagePooling = "average_pooling"
        case maxPooling = "max_pooling"
        case groupNormalization = "group_normalization"
        case residual
    }

    var name: Name {
        switch self {
        case .linear: .linear
        case .convolution: .convolution
        case .transposedConvolution: .transposedConvolution
        case .batchNormalization: .batchNormalization
        case .leakyReLU: .leakyReLU
        case .relu: .relu
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .softplus: .softplus
        case .silu: .silu
        case .elu: .elu
        case .dropout: .dropout
        case .dropout2D: .dropout2D
        case .flatten: .flatten
        case .reshape: .reshape
        case .upsampling: .upsampling
        case .averagePooling: .averagePooling
        case .maxPooling: .maxPooling
        case .groupNormalization: .groupNormalization
        case .residual: .residual
        }
    }

    public init(from decoder: any Decoder) throws {
        let choice = try decoder.choice(of: Name.self)
        switch choice.name {
        case .linear: self = .linear(try choice.settings(Linear.self))
        case .convolution: self = .convolution(try choice.settings(Convolution.self))
        case .transposedConvolution: self = .transposedConvolution(try choice.settings(TransposedConvolution.self))
        case .batchNormalization:
            self = .batchNormalization(try choice.settings(BatchNormalization.self, default: BatchNormalization()))
        case .leakyReLU: self = .leakyReLU(try choice.settings(LeakyReLU.self, default: LeakyReLU()))
        case .dropout: self = .dropout(try choice.settings(Dropout.self))
        case .dropout2D: self = .dropout2D(try choice.settings(Dropout2D.self))
        case .reshape: self = .reshape(try choice.settings(Reshape.self))
        case .upsampling: self = .upsampling(try choice.settings(Upsampling.self))
        case .averagePooling: self = .averagePooling(try choice.settings(Pooling.self))
        case .maxPooling: self = .maxPooling(try choice.settings(Pooling.self))
        case .groupNormalization: self = .groupNormalization(try choice.settings(GroupNormalization.self))
        case .residual: self = .residual(try choice.settings(Residual.self))
        case .relu, .tanh, .sigmoid, .softplus, .silu, .elu, .flatten:
            try choice.expectWord()
            self = Self.word(choice.name)
        }
    }

    private static func word(_ name: Name) -> Layer {
        switch name {
        case .relu: .relu
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .softplus: .softplus
        case .silu: .silu
        case .elu: .elu
        case .flatten: .flatten
        default: preconditionFailure("`\(name.rawValue)` is no bare word")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .linear(let settings): try encode(settings, to: encoder)
        case .convolution(let settings): try encode(settings, to: encoder)
        case .transposedConvolution(let settings): try encode(settings, to: encoder)
        case .batchNormalization(let settings): try encode(settings, to: encoder)
        case .leakyReLU(let settings): try encode(settings, to: encoder)
        case .dropout(let settings): try encode(settings, to: encoder)
        case .dropout2D(let settings): try encode(settings, to: encoder)
        case .reshape(let settings): try encode(settings, to: encoder)
        case .upsampling(let settings): try encode(settings, to: encoder)
        case .averagePooling(let settings), .maxPooling(let settings): try encode(settings, to: encoder)
        case .groupNormalization(let settings): try encode(settings, to: encoder)
        case .residual(let settings): try encode(settings, to: encoder)
        case .relu, .tanh, .sigmoid, .softplus, .silu, .elu, .flatten: try encoder.encodeWord(name)
        }
    }

    private func encode(_ settings: some Encodable, to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        try container.encode(settings, forKey: name)
    }
}

extension Layer {
    /// A layer, as settings describe it.
    static var kind: SettingKind { .choice(SettingChoice(of: "layer", Name.self, takesWords: true)) }
}

extension Layer.Name: DescribedKey {
    var setting: Setting {
        switch self {
        case .linear:
            Setting(
                "A matrix product: every feature to every unit.", .group(Layer.Linear.CodingKeys.self),
                otherNames: ["dense", "fc", "fully_connected"])
        case .convolution:
            Setting(
                "A square window slid over an image.", .group(Layer.Convolution.CodingKeys.self),
                otherNames: ["conv", "conv2d", "conv_2d"])
        case .transposedConvolution:
            Setting(
                "The way back of a convolution: every pixel adds a multiple of the window.",
                .group(Layer.TransposedConvolution.CodingKeys.self),
                otherNames: ["conv_transpose", "convtranspose2d", "conv_transpose2d", "deconvolution", "deconv"])
        case .batchNormalization:
            Setting(
                "Channels to mean 0 and variance 1 over the microbatch, then a scale and an offset that are trained.",
                .group(Layer.BatchNormalization.CodingKeys.self),
                otherNames: ["batch_norm", "batchnorm", "batchnorm2d", "bn"])
        case .leakyReLU:
            Setting(
                "x above 0, else slope times x.", .group(Layer.LeakyReLU.CodingKeys.self),
                otherNames: ["leakyrelu", "lrelu"])
        case .relu: Setting("x above 0, else 0.", .nothing)
        case .tanh: Setting("The hyperbolic tangent.", .nothing)
        case .sigmoid: Setting("1 / (1 + exp(-x)): any number to 0…1.", .nothing)
        case .softplus: Setting("ln(1 + exp(x)): any number to above 0.", .nothing)
        case .silu: Setting("x / (1 + exp(-x)).", .nothing, otherNames: ["swish"])
        case .elu: Setting("x above 0, else exp(x) - 1.", .nothing)
        case .dropout: Setting("In training, elements become 0 at random.", .group(Layer.Dropout.CodingKeys.self))
        case .dropout2D:
            Setting(
                "In training, whole channels of an image become 0 at random.", .group(Layer.Dropout2D.CodingKeys.self),
                otherNames: ["dropout2d"])
        case .flatten: Setting("An image to a vector, row by row of each channel.", .nothing)
        case .reshape:
            Setting(
                "The same values in another shape: channels, height, width.",
                .list(.wholeNumber(1...Limits.elements), counts: 1...3), otherNames: ["view", "unflatten"])
        case .upsampling:
            Setting(
                "Every pixel repeated in both directions.", .group(Layer.Upsampling.CodingKeys.self),
                otherNames: ["upsample"])
        case .averagePooling:
            Setting(
                "Every square window of an image to the mean of its pixels.", .group(Layer.Pooling.CodingKeys.self),
                otherNames: ["average_pool", "avg_pool", "avgpool", "avgpool2d", "avg_pool2d"])
        case .maxPooling:
            Setting(
                "Every square window of an image to the greatest of its pixels.", .group(Layer.Pooling.CodingKeys.self),
                otherNames: ["max_pool", "maxpool", "maxpool2d", "max_pool2d"])
        case .groupNormalization:
            Setting(
                "Groups of channels of each example to mean 0 and variance 1, then a scale and an offset that are trained.",
                .group(Layer.GroupNormalization.CodingKeys.self), otherNames: ["group_norm", "groupnorm", "gn"])
        case .residual:
            Setting(
                "What its layers make of x is added to x, or to a projection of x where the shapes differ.",
                .list(Layer.kind), otherNames: ["skip", "resblock", "residual_block", "res_block", "shortcut"])
        }
    }
}
