import Tensors

/// How large a description may be: far above any model, far below where sizes overflow.
enum Limits {
    /// The largest number of filters, units, latents or pixels a side, and the largest window, stride and padding.
    static let setting = 1 << 16
    /// The most elements of a parameter, or of what a layer makes of one image.
    static let elements = 1 << 30
    /// The most classes: a label is a byte, of which one value says that there is none.
    static let classes = 255

    /// Whether a tensor of this shape holds no more than `elements`.
    static func allow(_ shape: Shape) -> Bool {
        var count = 1
        for extent in shape.dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= elements else { return false }
            count = product
        }
        return true
    }
}
