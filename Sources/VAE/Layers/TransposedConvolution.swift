import Settings
import Tensors

extension Layer {
    public static func transposedConvolution(
        filters: Int, window: Int, stride: Int = 1, padding: Int = 0, trim: Trim = 0, bias: Bool = true
    ) -> Layer {
        .transposedConvolution(
            TransposedConvolution(
                filters: filters, window: window, stride: stride, padding: padding, trim: trim, bias: bias))
    }

    /// The transposed convolution of an image (C, H, W): each pixel adds a multiple of the window to the result
    /// (filters, H', W'), with H' = (H − 1) · stride − 2·padding + window − trim, and W' likewise. Weight (C, filters, window,
    /// window), bias (filters).
    public struct TransposedConvolution: Hashable, Sendable, Codable {
        public var filters: Int
        public var window: Int
        public var stride: Int
        /// Rows and columns cut off on each side.
        public var padding: Int
        /// Rows and columns cut off at the bottom and on the right beyond the padding.
        public var trim: Trim
        public var bias: Bool

        public init(
            filters: Int, window: Int, stride: Int = 1, padding: Int = 0, trim: Trim = 0, bias: Bool = true
        ) {
            self.filters = filters
            self.window = window
            self.stride = stride
            self.padding = padding
            self.trim = trim
            self.bias = bias
        }

        enum CodingKeys: String, CodingKey, CaseIterable { case filters, window, stride, padding, trim, bias }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            filters = try container.decode(Int.self, forKey: .filters)
            window = try container.decode(Int.self, forKey: .window)
            stride = try container.decodeIfPresent(Int.self, forKey: .stride) ?? 1
            padding = try container.decodeIfPresent(Int.self, forKey: .padding) ?? 0
            trim = try container.decodeIfPresent(Trim.self, forKey: .trim) ?? 0
            bias = try container.decodeIfPresent(Bool.self, forKey: .bias) ?? true
        }
    }
}

extension Layer.TransposedConvolution: LayerBehaviour {
    private var operation: Operation.Convolution {
        Operation.Convolution(
            stride: SIMD2(repeating: stride), paddingBefore: SIMD2(repeating: padding),
            paddingAfter: SIMD2(padding + trim.rows, padding + trim.columns))
    }

    private func height(of input: Int) -> Int { (input - 1) * stride - 2 * padding + window - trim.rows }
    private func width(of input: Int) -> Int { (input - 1) * stride - 2 * padding + window - trim.columns }

    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try requireWindow(filters, window, stride, padding)
        for extent in [trim.rows, trim.columns] { try requireSetting("trim", extent, atLeast: 0) }
        try requireImage(input)
        let (height, width) = (height(of: input[1]), width(of: input[2]))
        try LayerProblem.require(
            height > 0 && width > 0,
            "makes an image of \(height) × \(width) from its input \(input): make padding \(padding) or trim \(trim) smaller"
        )
        return [filters, height, width]
    }

    /// PyTorch takes the weight's second axis for the fan in, which here is the number of filters.
    func parameters(for input: Shape) -> [Variable] {
        let initialisation = Initialisation.fanIn(filters * window * window)
        let shape: Shape = [input[0], filters, window, window]
        let weight = Variable(name: "weight", shape: shape, initialisation: initialisation)
        return bias ? [weight, Variable(name: "bias", shape: [filters], initialisation: initialisation)] : [weight]
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        let size = SIMD2(height(of: x.shape[2]), width(of: x.shape[3]))
        let y = Tensors.transposedConvolution(x, scope["weight"]!, operation, outputSize: size)
        return scope["bias"].map { y + $0.reshaped(to: [1, filters, 1, 1]) } ?? y
    }
}

extension Layer.TransposedConvolution.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .filters, .window, .bias: Layer.Convolution.CodingKeys(stringValue: rawValue)!.setting
        case .stride:
            Setting(
                "From the place of one pixel in the result to the next.", .wholeNumber(1...Limits.setting),
                unit: "pixels",
                default: "1", otherNames: ["strides"])
        case .padding:
            Setting(
                "Rows and columns cut off on each side of the result.", .wholeNumber(0...Limits.setting),
                unit: "pixels",
                default: "0", otherNames: ["pad"])
        case .trim:
            Setting(
                "Rows and columns cut off at the bottom and on the right besides; two numbers where they differ.",
                .either(
                    .wholeNumber(0...Limits.setting), .list(.wholeNumber(0...Limits.setting), counts: 2...2)),
                unit: "pixels", default: "0", otherNames: ["output_padding"])
        }
    }
}
