/// What a user says about a file of images, where the file does not say it or says it wrongly. Nothing said leaves it to the file.
public struct ReadingOptions: Hashable, Sendable {
    /// The path of the dataset of images, or of a group with a dataset for each image.
    public var imagesPath: String?

    /// The path of the dataset of labels.
    public var labelsPath: String?

    /// The order of the axes, such as `NHWC`, or `flat:28x28`.
    public var layout: AxisLayout?

    /// The stored values that are black and white.
    public var range: ClosedRange<Double>?

    /// The split that a model is fitted to.
    public var trainSplit: String?

    /// The split that is held out.
    public var validSplit: String?

    /// Whether images that were never written are left out, instead of being refused.
    public var onlyWritten: Bool

    public init(
        imagesPath: String? = nil, labelsPath: String? = nil, layout: AxisLayout? = nil,
        range: ClosedRange<Double>? = nil, trainSplit: String? = nil, validSplit: String? = nil,
        onlyWritten: Bool = false
    ) {
        self.imagesPath = imagesPath
        self.labelsPath = labelsPath
        self.layout = layout
        self.range = range
        self.trainSplit = trainSplit
        self.validSplit = validSplit
        self.onlyWritten = onlyWritten
    }
}
