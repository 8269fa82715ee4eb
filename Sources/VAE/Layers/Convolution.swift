import Settings
import Tensors

extension Layer {
    public static func convolution(
        filters: Int, window: Int, stride: Int = 1, padding: Int = 0, bias: Bool = true
    ) -> Layer {
        .convolution(Convolution(filters: filters, window: window, stride: stride, padding: padding, bias: bias))
    }

    /// Slides a square window over an image (C, H, W) and gives (filters, H', W') with H' = ⌊(H + 2·padding − window) / stride⌋ + 1.
    /// Weight (filters, C, window, window), bias (filters).
    public struct Convolution: Hashable, Sendable, Codable {
        public var filters: Int
        public var window: Int
        public var stride: Int
        /// Zeros on each side.
        public var padding: Int
        public var bias: Bool

        public init(filters: Int, window: Int, stride: Int = 1, padding: Int = 0, bias: Bool = true) {
            self.filters = filters
            self.window = window
            self.stride = stride
            self.padding = padding
            self.bias = bias
        }

        enum CodingKeys: String, CodingKey, CaseIterable { case filters, window, stride, padding, bias }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            filters = try container.decode(Int.self, forKey: .filters)
            window = try container.decode(Int.self, forKey: .window)
            stride = try container.decodeIfPresent(Int.self, forKey: .stride) ?? 1
            padding = try container.decodeIfPresent(Int.self, forKey: .padding) ?? 0
            bias = try container.decodeIfPresent(Bool.self, forKey: .bias) ?? true
        }
    }
}

extension Layer.Convolution: LayerBehaviour {
    private var operation: Operation.Convolution {
        Operation.Convolution(
            stride: SIMD2(repeating: stride), paddingBefore: SIMD2(repeating: padding),
            paddingAfter: SIMD2(repeating: padding))
    }

    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try requireWindow(filters, window, stride, padding)
        try requireImage(input)
        let height = operation.output(input: input[1], window: window, axis: 0)
        let width = operation.output(input: input[2], window: window, axis: 1)
        try LayerProblem.require(
            height > 0 && width > 0,
            "slides a window of \(window) × \(window), which does not fit into its input \(input) with padding \(padding): "
                + "make the window smaller, the padding larger, or take out a layer before it")
        return [filters, height, width]
    }

    func parameters(for input: Shape) -> [Variable] {
        let initialisation = Initialisation.fanIn(input[0] * window * window)
        let shape: Shape = [filters, input[0], window, window]
        let weight = Variable(name: "weight", shape: shape, initialisation: initialisation)
        return bias ? [weight, Variable(name: "bias", shape: [filters], initialisation: initialisation)] : [weight]
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor {
        let y = Tensors.convolution(x, scope["weight"]!, operation)
        return scope["bias"].map { y + $0.reshaped(to: [1, filters, 1, 1]) } ?? y
    }
}

extension Layer.Convolution.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .filters:
            Setting(
                "Channels of the result.", .wholeNumber(1...Limits.setting),
                otherNames: ["out_channels", "channels", "features"])
        case .window:
            Setting(
                "The window's height and width.", .wholeNumber(1...Limits.setting), unit: "pixels",
                otherNames: ["kernel_size", "kernel", "ksize"])
        case .stride:
            Setting(
                "From one place of the window to the next.", .wholeNumber(1...Limits.setting), unit: "pixels",
                default: "1", otherNames: ["strides"])
        case .padding:
            Setting(
                "Zeros on each side of the image.", .wholeNumber(0...Limits.setting), unit: "pixels", default: "0",
                otherNames: ["pad"])
        case .bias:
            Setting("Whether each filter adds a trained number.", .boolean, default: "true", otherNames: ["use_bias"])
        }
    }
}
