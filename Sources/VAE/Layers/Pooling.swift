import Settings
import Tensors

extension Layer {
    public static func averagePooling(window: Int) -> Layer { .averagePooling(Pooling(window: window)) }
    public static func maxPooling(window: Int) -> Layer { .maxPooling(Pooling(window: window)) }

    /// Makes one pixel of each square window of an image (C, H, W), windows lying side by side: (C, ⌊H / window⌋, ⌊W / window⌋). Rows and
    /// columns that fill no window are left out.
    public struct Pooling: Hashable, Sendable, Codable {
        public var window: Int

        public init(window: Int) { self.window = window }

        enum CodingKeys: String, CodingKey, CaseIterable { case window }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            window = try container.decode(Int.self, forKey: .window)
        }
    }
}

/// Pooling with what is made of a window.
struct Pool: LayerBehaviour {
    let window: Int
    let function: (Tensor, Int) -> Tensor

    func output(for input: Shape) throws(LayerProblem) -> Shape {
        try requireSetting("window", window)
        try requireImage(input)
        try LayerProblem.require(
            window <= input[1] && window <= input[2],
            "has windows of \(window) × \(window), which do not fit into its input \(input): make them smaller, or take out a layer before it"
        )
        return [input[0], input[1] / window, input[2] / window]
    }

    func apply(to x: Tensor, in scope: inout LayerScope) -> Tensor { function(x, window) }
}

extension Layer.Pooling.CodingKeys: DescribedKey {
    var setting: Setting {
        switch self {
        case .window:
            Setting(
                "A window's height and width, and the distance from one to the next.", .wholeNumber(1...Limits.setting),
                unit: "pixels", otherNames: ["kernel_size", "pool_size", "stride"])
        }
    }
}
