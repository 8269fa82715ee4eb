import Settings

/// How a run's file of images is read, where its user had to say it. What a file says of itself is not here.
///
/// It is part of the contract, so that a run goes on with the same pixels without being told again.
public struct DataDescription: Hashable, Sendable, Codable {
    /// The path of the dataset of images in the file.
    public var imagesPath: String?
    /// The path of the dataset of labels.
    public var labelsPath: String?
    /// The order of the axes, such as `NHWC` or `flat:28x28`.
    public var layout: String?
    /// The stored values that are black and white: two numbers.
    public var range: [Double]?
    /// The name of the split that the model is fitted to.
    public var trainSplit: String?
    /// The name of the split that is held out.
    public var validSplit: String?
    /// Whether images that were never written are left out. Absent means no.
    public var onlyWritten: Bool?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case imagesPath = "images_path"
        case labelsPath = "labels_path"
        case layout
        case range
        case trainSplit = "train_split"
        case validSplit = "valid_split"
        case onlyWritten = "only_written"
    }

    public init(
        imagesPath: String? = nil, labelsPath: String? = nil, layout: String? = nil, range: [Double]? = nil,
        trainSplit: String? = nil, validSplit: String? = nil, onlyWritten: Bool? = nil
    ) {
        self.imagesPath = imagesPath
        self.labelsPath = labelsPath
        self.layout = layout
        self.range = range
        self.trainSplit = trainSplit
        self.validSplit = validSplit
        self.onlyWritten = onlyWritten
    }

    /// This with what another says besides, or instead.
    public func updated(with other: DataDescription?) -> DataDescription {
        DataDescription(
            imagesPath: other?.imagesPath ?? imagesPath, labelsPath: other?.labelsPath ?? labelsPath,
            layout: other?.layout ?? layout, range: other?.range ?? range, trainSplit: other?.trainSplit ?? trainSplit,
            validSplit: other?.validSplit ?? validSplit, onlyWritten: other?.onlyWritten ?? onlyWritten)
    }
}

extension DataDescription.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .imagesPath:
            Setting(
                "The path of the dataset of images in the file, or of a group of them.", .text,
                default: "found by name",
                otherNames: ["image_key", "images_key", "x_key"])
        case .labelsPath:
            Setting(
                "The path of the dataset of labels.", .text, default: "found by name",
                otherNames: ["label_key", "labels_key", "y_key"])
        case .layout:
            Setting(
                "The order of the images' axes, such as `NHWC`, or `flat:28x28` for rows of numbers.", .text,
                default: "as the shape allows", otherNames: ["data_format", "axes"])
        case .range:
            Setting(
                "The stored values that are black and white.", .list(.number(.any), counts: 2...2),
                default: "as the values allow",
                otherNames: ["value_range", "data_range"])
        case .trainSplit:
            Setting("The split that the model is fitted to.", .text, default: "train", otherNames: ["train_key"])
        case .validSplit:
            Setting(
                "The split that is held out.", .text, default: "valid, or test where there is none",
                otherNames: ["val_split", "validation_split", "test_split"])
        case .onlyWritten:
            Setting("Whether images that were never written are left out.", .boolean, default: "false")
        }
    }
}
